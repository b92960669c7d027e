"""The same generation as GenerationBench.cs in eager PyTorch, with a cache of keys and values: prints tokens a second."""
import sys
import time
import torch
from torch import nn
import torch.nn.functional as F

threads, large = int(sys.argv[1]), len(sys.argv) > 2 and sys.argv[2] == "half"
torch.set_num_threads(threads)
torch.manual_seed(1)


class Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        exact = x.float()
        return self.weight * (exact * torch.rsqrt((exact * exact).mean(-1, keepdim=True) + 1e-6)).to(x.dtype)


class Layer(nn.Module):
    def __init__(self, width, heads, shared, hidden):
        super().__init__()
        self.heads, self.shared, self.size = heads, shared, width // heads
        self.norm1, self.norm2 = Norm(width), Norm(width)
        self.q, self.k, self.v, self.o = nn.Linear(width, width), nn.Linear(width, shared * self.size), nn.Linear(width, shared * self.size), nn.Linear(width, width, bias=False)
        self.gate, self.up, self.down = nn.Linear(width, hidden, bias=False), nn.Linear(width, hidden, bias=False), nn.Linear(hidden, width, bias=False)

    def forward(self, x, cosine, sine, cache, read):
        batch, count, width = x.shape
        split = lambda y, n: y.view(batch, count, n, self.size).transpose(1, 2)
        def turn(y):
            half = self.size // 2
            return y * cosine + torch.cat([-y[..., half:], y[..., :half]], -1) * sine
        n = self.norm1(x)
        q, k, v = turn(split(self.q(n), self.heads)), turn(split(self.k(n), self.shared)), split(self.v(n), self.shared)
        keys, values = cache
        keys[:, :, read:read + count], values[:, :, read:read + count] = k, v
        k, v = keys[:, :, :read + count], values[:, :, :read + count]
        again = self.heads // self.shared
        mixed = F.scaled_dot_product_attention(q, k.repeat_interleave(again, 1), v.repeat_interleave(again, 1), is_causal=count > 1)
        x = x + self.o(mixed.transpose(1, 2).reshape(batch, count, width))
        n = self.norm2(x)
        return x + self.down(F.silu(self.gate(n)) * self.up(n))


class Decoder(nn.Module):
    def __init__(self, vocabulary, width, heads, shared, hidden, layers, base):
        super().__init__()
        self.embedding, self.layers, self.norm = nn.Embedding(vocabulary, width), nn.ModuleList(Layer(width, heads, shared, hidden) for _ in range(layers)), Norm(width)
        size = width // heads
        angles = torch.outer(torch.arange(512).float(), 1 / base ** (torch.arange(0, size, 2) / size))
        self.cosine, self.sine = torch.cat([angles, angles], 1).cos(), torch.cat([angles, angles], 1).sin()

    def forward(self, ids, caches, read):
        x, count = self.embedding(ids), ids.shape[1]
        cosine, sine = self.cosine[read:read + count].to(x.dtype), self.sine[read:read + count].to(x.dtype)
        for layer, cache in zip(self.layers, caches):
            x = layer(x, cosine, sine, cache, read)
        return F.linear(self.norm(x)[:, -1], self.embedding.weight)


@torch.no_grad()
def timed(name, network, vocabulary, rows, tokens, kind):
    def generate(count):
        ids = torch.tensor([[(r * 31 + i * 7) % 1000 for i in range(32)] for r in range(rows)])
        layer = network.layers[0]
        caches = [tuple(torch.zeros(rows, layer.shared, 32 + count, layer.size, dtype=kind) for _ in range(2)) for _ in network.layers]
        read, made = 0, []
        for _ in range(count):
            logits = network(ids, caches, read)
            read += ids.shape[1]
            ids = logits.argmax(1, keepdim=True)
            made.append(ids[:, 0].tolist())
    def seconds(count):
        start = time.perf_counter()
        generate(count)
        return time.perf_counter() - start
    seconds(8)
    prompt = seconds(1)
    token = (seconds(tokens) - prompt) / (tokens - 1)
    print(f"{name}, batch {rows}, {threads} threads: {rows / token:.1f} tokens/s, {1000 * token:.1f} ms a token, {1000 * prompt:.0f} ms a prompt of 32 tokens (PyTorch {torch.__version__})")


if large:
    timed("0.5B shape, bfloat16", Decoder(151936, 896, 14, 2, 4864, 24, 1e6).to(torch.bfloat16).eval(), 151936, 1, 25, torch.bfloat16)
else:
    network = Decoder(2000, 320, 8, 4, 896, 8, 1e4).eval()
    for rows in (1, 16):
        timed("10M", network, 2000, rows, 129, torch.float32)
