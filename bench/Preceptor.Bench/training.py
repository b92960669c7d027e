"""The same training steps as Ours.cs, in eager PyTorch: prints the median step in milliseconds."""
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

    def forward(self, x):
        return self.head(self.blocks(F.relu(self.norm(self.stem(x)))).mean((2, 3)))


if name == "mlp":
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
else:
    network = ResNet()
optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
images = torch.randn(2000, 1, 28, 28)
labels = torch.randint(0, 10, (2000,))
times = []
network.train()
for step in range(steps):
    start = time.perf_counter()
    rows = torch.randint(0, 2000, (128,))
    targets = F.one_hot(labels[rows], 10).float()
    loss = -(targets * F.log_softmax(network(images[rows]), 1)).sum(1).mean()
    loss.item()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    times.append(time.perf_counter() - start)
# A generic build takes whatever matrix library the system has, and that decides its speed: say which one was loaded.
maps = open("/proc/self/maps").read() if os.path.exists("/proc/self/maps") else ""
blas = next((name for name in ("mkl", "openblas", "blis", "libblas") if name in maps), "unknown matrix library")
print(f"PyTorch {torch.__version__} ({torch.backends.cpu.get_cpu_capability()}, {blas})", 1000 * statistics.median(times[steps // 5:]))
