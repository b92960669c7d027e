"""The same training steps as OurSteps.cs, in eager PyTorch: prints the median step in milliseconds."""
import os, statistics, sys, time
os.environ.setdefault("OMP_NUM_THREADS", "1")
import torch
from torch import nn
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(1)
name, steps = sys.argv[1], int(sys.argv[2])


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)

    def forward(self, x):
        inner = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(inner)) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.stem = nn.Conv2d(1, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)
        self.blocks = nn.Sequential(Block(width, width, 2), Block(width, 2 * width, 2), Block(2 * width, 4 * width, 2))
        self.head = nn.Linear(4 * width, 10)

    def features(self, x):
        return self.blocks(F.relu(self.norm(self.stem(x)))).mean((2, 3))

    def forward(self, x):
        return self.head(self.features(x))


class Projected(ResNet):
    """The encoder of contrast with its projection head."""

    def __init__(self, width=16, projected=64):
        super().__init__(width)
        self.head = nn.Sequential(nn.Linear(4 * width, 4 * width, bias=False), nn.BatchNorm1d(4 * width), nn.ReLU(), nn.Linear(4 * width, projected, bias=False), nn.BatchNorm1d(projected))


class SelfAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.qkv, self.proj = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, mask):
        batch, length, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        return self.proj(F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).reshape(batch, length, width))


class TransformerBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.attn, self.norm2 = nn.LayerNorm(width, 1e-6), SelfAttention(width, heads), nn.LayerNorm(width, 1e-6)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x, mask=None):
        x = x + self.attn(self.norm1(x), mask)
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    def __init__(self, width=64, heads=4, layers=2, patch=4):
        super().__init__()
        self.patch_embed = nn.Conv2d(1, width, patch, stride=patch)
        self.cls_token, self.pos_embed = nn.Parameter(torch.zeros(1, 1, width)), nn.Parameter(0.02 * torch.randn(1, 1 + (28 // patch) ** 2, width))
        self.blocks = nn.ModuleList(TransformerBlock(width, heads) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width, 1e-6), nn.Linear(width, 10)

    def forward(self, x):
        x = self.patch_embed(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], 1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x[:, 0]))


class TextConvolution(nn.Module):
    def __init__(self, words, width=64, filters=100):
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.convs = nn.ModuleList(nn.Conv1d(width, filters, w, padding="same") for w in (3, 4, 5))
        self.head = nn.Linear(3 * filters, 10)

    def forward(self, ids):
        real = (ids != 0).float().unsqueeze(1)
        x = self.embedding(ids).transpose(1, 2) * real
        return self.head(torch.cat([(F.relu(conv(x)) * real).amax(2) for conv in self.convs], 1))


class TextTransformer(nn.Module):
    def __init__(self, words, width=64, heads=4, layers=2, length=200):
        super().__init__()
        self.embedding, self.pos_embed = nn.Embedding(words, width), nn.Parameter(0.02 * torch.randn(1, length, width))
        self.blocks = nn.ModuleList(TransformerBlock(width, heads) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width, 1e-6), nn.Linear(width, 10)

    def forward(self, ids):
        real = ids != 0
        x = self.embedding(ids) + self.pos_embed[:, : ids.shape[1]]
        for block in self.blocks:
            x = block(x, real[:, None, None, :])
        x = self.norm(x) * real.unsqueeze(2)
        return self.head(x.sum(1) / real.sum(1, keepdim=True).clamp(min=1))


class NoiseBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm, self.up, self.down = nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        return x + self.down(F.mish(self.up(self.norm(F.dropout(x, 0.1, self.training)))))


class Noise(nn.Module):
    """The noise network of a diffusion policy of 11 numbers a state and 2 an action."""

    def __init__(self, width=64, layers=3):
        super().__init__()
        self.frequencies = nn.Parameter(0.2 * torch.randn(32))
        self.time = nn.Sequential(nn.Linear(64, 128), nn.Mish(), nn.Linear(128, 128))
        self.input, self.output = nn.Linear(2 + 11 + 128, width), nn.Linear(width, 2)
        self.blocks = nn.Sequential(*(NoiseBlock(width) for _ in range(layers)))

    def forward(self, states, noisy, times):
        angles = times * self.frequencies * (2 * torch.pi)
        return self.output(F.mish(self.blocks(self.input(torch.cat([noisy, states, self.time(torch.cat([angles.cos(), angles.sin()], 1))], 1)))))


class Values:
    """Two critics, their slow copies and a state's value, by expectiles."""

    def __init__(self, sign, width=64):
        net = lambda inputs: nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1))
        self.sign, self.value = sign, net(11)
        self.critics, self.slow = (nn.ModuleList([net(13), net(13)]) for _ in range(2))
        self.slow.load_state_dict(self.critics.state_dict())
        self.optimisers = [torch.optim.Adam(m.parameters(), lr=1e-3) for m in (self.value, self.critics)]

    def believed(self, both):
        pair = torch.stack([c(both).squeeze(1) for c in self.slow])
        return pair.amin(0) if self.sign > 0 else pair.amax(0)

    def step(self, optimiser, loss):
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    def learn(self, states, both, after, target):
        with torch.no_grad():
            believed = self.believed(both)
        difference = believed - self.value(states).squeeze(1)
        self.step(self.optimisers[0], (torch.where(self.sign * difference > 0, 0.9, 0.1) * difference ** 2).mean())
        with torch.no_grad():
            wanted = target(self.value(after).squeeze(1))
        self.step(self.optimisers[1], ((torch.stack([c(both).squeeze(1) for c in self.critics]) - wanted) ** 2).mean())
        with torch.no_grad():
            for slow, fast in zip(self.slow.parameters(), self.critics.parameters()):
                slow.lerp_(fast, 0.005)


class RootMeanSquareNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return self.weight * (x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-6))


class DecoderLayer(nn.Module):
    """A layer of Qwen2's kind, as Hugging Face's eager code has it, with the fused attention."""

    def __init__(self, width, heads, hidden):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = RootMeanSquareNorm(width), RootMeanSquareNorm(width)
        self.q, self.k, self.v, self.o = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width, bias=False)
        self.gate, self.up, self.down = nn.Linear(width, hidden, bias=False), nn.Linear(width, hidden, bias=False), nn.Linear(hidden, width, bias=False)

    def forward(self, x, cosine, sine):
        batch, length, width = x.shape
        split = lambda y: y.view(batch, length, self.heads, width // self.heads).transpose(1, 2)
        def turn(y):
            half = y.shape[-1] // 2
            return y * cosine + torch.cat([-y[..., half:], y[..., :half]], -1) * sine
        n = self.norm1(x)
        mixed = F.scaled_dot_product_attention(turn(split(self.q(n))), turn(split(self.k(n))), split(self.v(n)), is_causal=True)
        x = x + self.o(mixed.transpose(1, 2).reshape(batch, length, width))
        n = self.norm2(x)
        return x + self.down(F.silu(self.gate(n)) * self.up(n))


class Decoder(nn.Module):
    def __init__(self, vocabulary=98, width=128, heads=4, layers=4, length=128):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.embedding.weight, 0, 0.02)
        self.layers = nn.ModuleList(DecoderLayer(width, heads, 352) for _ in range(layers))
        self.norm = RootMeanSquareNorm(width)
        size = width // heads
        angles = torch.outer(torch.arange(length).float(), 1 / 10000 ** (torch.arange(0, size, 2) / size))
        self.cosine, self.sine = torch.cat([angles, angles], 1).cos(), torch.cat([angles, angles], 1).sin()

    def forward(self, ids):
        x = self.embedding(ids)
        for layer in self.layers:
            x = layer(x, self.cosine, self.sine)
        return F.linear(self.norm(x), self.embedding.weight)


class Field(nn.Module):
    """A field on a ring of 64 points and 21 moments, of place, time and samples of the initial state."""

    def __init__(self, width=64, waves=4, samples=16, points=64, moments=21):
        super().__init__()
        self.samples, self.points, self.moments = samples, points, moments
        when, at = torch.meshgrid(torch.linspace(0, 1, moments), torch.arange(points) / points, indexing="xy")
        self.coordinates = torch.stack([2 * when - 1, 2 * when.sqrt() - 1] + [f(2 * torch.pi * k * at) for k in range(1, waves + 1) for f in (torch.sin, torch.cos)], 2).reshape(-1, 2 + 2 * waves)
        self.place, self.state = nn.Linear(2 + 2 * waves, width), nn.Linear(samples, width, bias=False)
        self.layers, self.output = nn.ModuleList([nn.Linear(width, width) for _ in range(2)]), nn.Linear(width, 1)

    def forward(self, initial):
        sampled = F.interpolate(initial.unsqueeze(1), self.samples, mode="linear", align_corners=True).squeeze(1)
        hidden = torch.tanh(self.place(self.coordinates).unsqueeze(0) + self.state(sampled).unsqueeze(1))
        for layer in self.layers:
            hidden = torch.tanh(layer(hidden))
        return self.output(hidden).reshape(len(initial), self.points, self.moments)


def field(initial, spacing=1 / 64, step=1 / 20, viscosity=0.02, weight=10):
    """The residual of Burgers' equation by central differences and Crank and Nicolson's scheme, and the initial condition, in double precision as ours."""
    u = network(initial.float()).double()
    now, then = u[:, :, :-1], u[:, :, 1:]
    middle = (now + then) * 0.5
    left, right = middle.roll(1, 1), middle.roll(-1, 1)
    inside = (then - now) / step - viscosity * (left - 2 * middle + right) / spacing ** 2 + middle * (right - left) / (2 * spacing)
    return (inside ** 2).mean() + weight * ((u[:, :, 0] - initial) ** 2).mean()


WORDS = 5002  # with padding and unknown
perceptron = lambda *widths: nn.Sequential(nn.Flatten(), *[m for a, b in zip(widths, widths[1:-1]) for m in (nn.Linear(a, b), nn.ReLU())], nn.Linear(*widths[-2:]))
if name in ("mlp", "bilevel", "distill-kept", "distill-live"):
    network = perceptron(784, 512, 512, 10)
else:
    network = {"field": Field, "resnet": ResNet, "contrast": Projected, "diffusion-policy": Noise, "language": Decoder, "vit": VisionTransformer, "conv": lambda: TextConvolution(WORDS), "transformer": lambda: TextTransformer(WORDS)}[name]()
optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
images = torch.randint(2, WORDS, (2000, 64)) if name in ("conv", "transformer") else torch.randn(2000, 1, 28, 28)
labels = torch.randint(0, 10, (2000,))
teacher = torch.randn(2000, 10)
means = torch.stack([teacher[labels == c].softmax(1).mean(0) for c in range(10)])
controller = nn.Sequential(nn.Linear(90, 32), nn.LeakyReLU(), nn.Linear(32, 16), nn.LeakyReLU(), nn.Linear(16, 1), nn.Sigmoid())
outer = torch.optim.Adam(controller.parameters(), lr=5e-3)


def cross_entropy(logits, targets):
    return -(targets * F.log_softmax(logits, 1)).sum(1)


def bilevel(inputs, targets, rows, tau=4.0, rate=1e-3):
    """One step of trilateral distillation: the hypergradient by one unrolled step and a central difference."""
    parameters = dict(network.named_parameters())
    at = lambda direction, scale: {n: p.detach() + scale * d for (n, p), d in zip(parameters.items(), direction)}
    student, taught = network(inputs), teacher[rows]
    losses = lambda z: (tau * tau * F.kl_div(F.log_softmax(z / tau, 1), F.log_softmax(taught / tau, 1), reduction="none", log_target=True).sum(1), cross_entropy(z, targets))
    kd, hard = losses(student)
    with torch.no_grad():
        s, p, m = student.softmax(1), taught.softmax(1), targets @ means
        seen = torch.cat([s, p, targets, m, (m - s) ** 2, (targets - s) ** 2, (p - s) ** 2, (p - targets) ** 2, (m - targets) ** 2], 1)
    alpha = controller(seen).squeeze(1)
    loss = (alpha.detach() * kd + (1 - alpha.detach()) * hard).mean()
    gradients = torch.autograd.grad(loss, list(parameters.values()), retain_graph=True)
    ahead = {n: p.requires_grad_() for n, p in at(gradients, -rate).items()}
    held = torch.randint(0, 2000, (128,))
    validation = cross_entropy(torch.func.functional_call(network, ahead, (images[held],)), F.one_hot(labels[held], 10).float()).mean()
    direction = torch.autograd.grad(validation, list(ahead.values()))
    epsilon = 0.01 / torch.sqrt(sum((d * d).sum() for d in direction)).item()
    with torch.no_grad():
        differences = [a - b for a, b in (losses(torch.func.functional_call(network, at(direction, sign * epsilon), (inputs,))) for sign in (1, -1))]
        hyper = -rate / (2 * epsilon * len(rows)) * (differences[0] - differences[1])
    outer.zero_grad()
    (hyper * alpha).sum().backward()
    outer.step()
    with torch.no_grad():
        alpha = controller(seen).squeeze(1)
    return (alpha * kd + (1 - alpha) * hard).mean()


def contrast(first, second, temperature=0.5):
    """NT-Xent of two views that are there already: what ours changes images by is not asked of it."""
    count = len(first)
    z = F.normalize(network(torch.cat([first, second])), dim=1)
    similarities = z @ z.t() / temperature - torch.eye(2 * count) * 1e9
    return F.cross_entropy(similarities, torch.cat([torch.arange(count, 2 * count), torch.arange(count)]))


if name == "diffusion-policy":
    seen, done, then, rewards, costs, goes = torch.randn(2000, 11), torch.rand(2000, 2) * 2 - 1, torch.randn(2000, 11), torch.randn(2000), torch.randn(2000), torch.ones(2000)
    reward, harm = Values(1), Values(-1)
    alphas = 1 - (1 - torch.exp(-0.1 / 5 - 0.5 * 9.9 * (2 * torch.arange(1, 6) - 1) / 25))
    hats = torch.cumprod(alphas, 0)
    average = [p.detach().clone() for p in network.parameters()]


def diffusion_policy(rows):
    """One step of a feasibility-guided diffusion policy: its loss, and steps of both values."""
    states, actions, after = seen[rows], done[rows], then[rows]
    both = torch.cat([states, actions], 1)
    with torch.no_grad():
        q, v, qh, vh = reward.believed(both), reward.value(states).squeeze(1), harm.believed(both), harm.value(states).squeeze(1)
        weights = (vh > 0) * ((vh - qh) * 2).exp().clamp(0, 150) + ((vh <= 0) & (qh <= 0)) * ((q - v) * 5).exp().clamp(0, 100)
    times = torch.randint(0, 5, (len(rows),))
    noise, left = torch.randn_like(actions), hats[times].unsqueeze(1)
    predicted = network(states, left.sqrt() * actions + (1 - left).sqrt() * noise, times.unsqueeze(1).float())
    loss = (((predicted - noise) ** 2).sum(1) * weights).mean()
    r, h, m = rewards[rows], costs[rows], goes[rows]
    reward.learn(states, both, after, lambda value: r + 0.99 * m * value)
    harm.learn(states, both, after, lambda value: m * (0.01 * h + 0.99 * torch.maximum(h, value)) + (1 - m) * h)
    return loss


def language(rows):
    tokens = sequences[rows]
    return F.cross_entropy(network(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten())


larger = perceptron(784, 2048, 2048, 10).eval() if name == "distill-live" else None


def distill(rows, targets, temperature=4, weight=0.9):
    """Labels and a teacher's softened answers, kept or asked for."""
    logits = network(images[rows])
    with torch.no_grad():
        soft = ((teacher[rows] if larger is None else larger(images[rows])) / temperature).softmax(1)
    return (1 - weight) * cross_entropy(logits, targets).mean() + weight * temperature ** 2 * cross_entropy(logits / temperature, soft).mean()


initials = torch.randn(128, 64).double() if name == "field" else None
sequences = torch.randint(0, 98, (480, 129)) if name == "language" else None
others = torch.randn(2000, 1, 28, 28) if name == "contrast" else None
times = []
network.train()
for step in range(steps):
    start = time.perf_counter()
    rows = torch.randint(0, 2000, (256 if name == "diffusion-policy" else 128,))
    targets = F.one_hot(labels[rows], 10).float()
    loss = distill(rows, targets) if name.startswith("distill") else field(initials[torch.randint(0, 128, (8,))]) if name == "field" else language(torch.randint(0, 480, (32,))) if name == "language" else diffusion_policy(rows) if name == "diffusion-policy" else contrast(images[rows], others[rows]) if name == "contrast" else bilevel(images[rows], targets, rows) if name == "bilevel" else cross_entropy(network(images[rows]), targets).mean()
    loss.item()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if name == "diffusion-policy":
        with torch.no_grad():
            for slow, fast in zip(average, network.parameters()):
                slow.lerp_(fast, 0.001)
    times.append(time.perf_counter() - start)
# A generic build takes whatever matrix library the system has, and that decides its speed: say which one was loaded.
maps = open("/proc/self/maps").read() if os.path.exists("/proc/self/maps") else ""
blas = next((name for name in ("mkl", "openblas", "blis", "libblas") if name in maps), "unknown matrix library")
print(f"PyTorch {torch.__version__} ({torch.backends.cpu.get_cpu_capability()}, {blas})", 1000 * statistics.median(times[steps // 5:]))
