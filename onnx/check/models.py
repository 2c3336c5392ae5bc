"""Writes the networks of models.txt that are PyTorch's, as people export them.

    /usr/bin/python3 models.py FOLDER

Each is NAME.onnx, of random weights from a seed. Needs Debian's python3-torch (1.13) and
python3-onnx; tracing warns, and is not read.
"""
import math
import sys
import warnings

import torch
from torch import nn
import torch.nn.functional as F

warnings.filterwarnings("ignore")


class Residual(nn.Module):
    """Dense blocks with layer normalisation and a sum around each."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(10, 24)
        self.norms = nn.ModuleList(nn.LayerNorm(24) for _ in range(3))
        self.layers = nn.ModuleList(nn.Linear(24, 24) for _ in range(3))
        self.last = nn.Linear(24, 3)

    def forward(self, x):
        x = self.first(x)
        for norm, layer in zip(self.norms, self.layers):
            x = x + F.gelu(layer(norm(x)))
        return F.log_softmax(self.last(x), dim=1)


class TwoHeads(nn.Module):
    """Two inputs, two outputs."""

    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Linear(6, 8), nn.Linear(4, 8)
        self.value, self.policy = nn.Linear(16, 1), nn.Linear(16, 5)

    def forward(self, a, b):
        h = torch.cat([torch.tanh(self.left(a)), F.elu(self.right(b))], dim=1)
        return torch.sigmoid(self.value(h)), F.softmax(self.policy(h), dim=-1)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2))
        self.head = nn.Sequential(nn.Linear(400, 60), nn.ReLU(), nn.Linear(60, 10))

    def forward(self, x):
        x = self.features(x)
        return self.head(x.view(x.size(0), -1))


class BasicBlock(nn.Module):
    def __init__(self, c, d, stride):
        super().__init__()
        self.a = nn.Sequential(nn.Conv2d(c, d, 3, stride, 1, bias=False), nn.BatchNorm2d(d), nn.ReLU(),
                               nn.Conv2d(d, d, 3, 1, 1, bias=False), nn.BatchNorm2d(d))
        self.b = nn.Sequential(nn.Conv2d(c, d, 1, stride, bias=False), nn.BatchNorm2d(d))

    def forward(self, x):
        return F.relu(self.a(x) + self.b(x))


def resnet():
    return nn.Sequential(nn.Conv2d(3, 8, 3, 1, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU(),
                         BasicBlock(8, 8, 1), BasicBlock(8, 16, 2), BasicBlock(16, 32, 2),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))


class Squeeze(nn.Module):
    """The gate of MobileNet v3."""

    def __init__(self, c):
        super().__init__()
        self.a, self.b = nn.Conv2d(c, 4, 1), nn.Conv2d(4, c, 1)

    def forward(self, x):
        return x * F.hardsigmoid(self.b(F.relu(self.a(F.adaptive_avg_pool2d(x, 1)))))


def mobilenet():
    return nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.Hardswish(),
                         nn.Conv2d(8, 8, 3, 1, 1, groups=8), nn.BatchNorm2d(8), nn.ReLU6(), Squeeze(8),
                         nn.Conv2d(8, 16, 1), nn.Conv2d(16, 16, 5, 2, 2, groups=16), nn.PReLU(16),
                         nn.AvgPool2d(2), nn.Flatten(), nn.Linear(64, 5))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1 = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.InstanceNorm2d(8, affine=True), nn.LeakyReLU(0.1))
        self.down2 = nn.Sequential(nn.Conv2d(8, 16, 3, padding=1), nn.GroupNorm(4, 16), nn.SiLU())
        self.up = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.join = nn.Conv2d(16, 8, 3, padding=1, padding_mode="reflect")
        self.out = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(F.max_pool2d(a, 2))
        y = F.relu(self.join(torch.cat([a, self.up(b)], dim=1)))
        y = F.interpolate(self.out(y), scale_factor=2, mode="bilinear", align_corners=False)
        return F.interpolate(y, scale_factor=2, mode="nearest")


class Temporal(nn.Module):
    """Causal convolutions of growing dilation."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv1d(4 if i == 0 else 8, 8, 3, dilation=2**i) for i in range(3))
        self.out = nn.Linear(8, 1)

    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = F.relu(layer(F.pad(x, (2 * 2**i, 0))))
        return self.out(x[:, :, -1])


class Recurrent(nn.Module):
    def __init__(self, kind, last=True, **options):
        super().__init__()
        self.rnn = kind(5, 12, batch_first=True, **options)
        width = 12 * (2 if options.get("bidirectional") else 1)
        self.out, self.last = nn.Linear(width, 3), last

    def forward(self, x):
        y, _ = self.rnn(x)
        return self.out(y[:, -1] if self.last else y)


class Stateful(nn.Module):
    """An LSTM over time first, which takes and returns its state."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(3, 8)

    def forward(self, x, h, c):
        y, (h, c) = self.rnn(x, (h, c))
        return torch.tanh(y), h, c


class Encoder(nn.Module):
    """A transformer encoder that averages what it found."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(50, 16)
        self.place = nn.Parameter(torch.randn(12, 16) * 0.1)
        layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.1, batch_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = nn.Linear(16, 4)

    def forward(self, tokens):
        x = self.embed(tokens) + self.place
        return self.out(self.encoder(x).mean(dim=1))


class Causal(nn.Module):
    """A small GPT: attention written out, with a mask, for every length."""

    def __init__(self, d=16, heads=2, vocabulary=40):
        super().__init__()
        self.heads = heads
        self.embed, self.place = nn.Embedding(vocabulary, d), nn.Embedding(32, d)
        self.qkv, self.proj = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.n1, self.n2, self.n3 = nn.LayerNorm(d), nn.LayerNorm(d), nn.LayerNorm(d)
        self.up, self.down = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)
        self.head = nn.Linear(d, vocabulary, bias=False)
        self.register_buffer("mask", torch.tril(torch.ones(32, 32)).view(1, 1, 32, 32))

    def forward(self, tokens):
        B, T = tokens.shape
        x = self.embed(tokens) + self.place(torch.arange(T))
        q, k, v = self.qkv(self.n1(x)).split(x.size(-1), dim=2)
        q, k, v = (t.view(B, T, self.heads, -1).transpose(1, 2) for t in (q, k, v))
        a = (q @ k.transpose(-2, -1)) / math.sqrt(k.size(-1))
        a = a.masked_fill(self.mask[:, :, :T, :T] == 0, float("-inf")).softmax(dim=-1)
        x = x + self.proj((a @ v).transpose(1, 2).reshape(B, T, -1))
        x = x + self.down(F.gelu(self.up(self.n2(x))))
        return self.head(self.n3(x))


class Flow(nn.Module):
    """A normalising flow of affine couplings: z, and log p(x)."""

    def __init__(self):
        super().__init__()
        self.nets = nn.ModuleList(nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 6)) for _ in range(4))

    def forward(self, x):
        logdet = 0
        for net in self.nets:
            a, b = x.chunk(2, dim=1)
            s, t = net(a).chunk(2, dim=1)
            s = torch.tanh(s)
            x = torch.cat([b * torch.exp(s) + t, a], dim=1)
            logdet = logdet + s.sum(dim=1)
        return x, logdet - 0.5 * (x**2).sum(dim=1) - 3 * math.log(2 * math.pi)


class Autoencoder(nn.Module):
    """Means, log-variances and the reconstruction from the means."""

    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(20, 16), nn.Softplus())
        self.mu, self.logvar = nn.Linear(16, 2), nn.Linear(16, 2)
        self.dec = nn.Sequential(nn.Linear(2, 16), nn.SELU(), nn.Linear(16, 20), nn.Sigmoid())

    def forward(self, x):
        h = self.enc(x)
        mu, logvar = self.mu(h), self.logvar(h).clamp(-5, 5)
        kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(dim=1)
        return self.dec(mu), mu, kl


class Experts(nn.Module):
    """The two best of four experts, weighed by a gate."""

    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(8, 4)
        self.experts = nn.ModuleList(nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3)) for _ in range(4))

    def forward(self, x):
        score, index = self.gate(x).topk(2, dim=1)
        weight = F.softmax(score, dim=1)
        y = torch.stack([e(x) for e in self.experts], dim=1)
        chosen = y.gather(1, index.unsqueeze(-1).expand(-1, -1, 3))
        return (weight.unsqueeze(-1) * chosen).sum(dim=1), index


class GraphConvolution(nn.Module):
    """Two layers over a graph of nodes, whose adjacency is an input."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(7, 16), nn.Linear(16, 4)

    def forward(self, x, adjacency):
        d = adjacency.sum(dim=-1, keepdim=True).clamp(min=1)
        x = F.relu(torch.einsum("bij,bjk->bik", adjacency / d, self.a(x)))
        x = torch.matmul(adjacency / d, self.b(x))
        return x.max(dim=1)[0], x.argmax(dim=-1)


class Radiance(nn.Module):
    """Fourier features of a point, as NeRF has them."""

    def __init__(self):
        super().__init__()
        self.register_buffer("f", 2.0 ** torch.arange(4))
        self.net = nn.Sequential(nn.Linear(3 + 24, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, p):
        a = (p.unsqueeze(-1) * self.f).flatten(1)
        y = self.net(torch.cat([p, a.sin(), a.cos()], dim=1))
        return torch.sigmoid(y[:, :3]), F.relu(y[:, 3])


class WordCNN(nn.Module):
    """Words, windows of three lengths, the maximum over time."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(60, 12, padding_idx=0)
        self.convs = nn.ModuleList(nn.Conv1d(12, 6, k) for k in (2, 3, 4))
        self.out = nn.Linear(18, 2)

    def forward(self, tokens):
        x = self.embed(tokens).transpose(1, 2)
        return self.out(torch.cat([F.relu(c(x)).max(dim=2)[0] for c in self.convs], dim=1))


def normalized():
    return nn.Sequential(nn.Linear(10, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 2))


def images(*shape):
    return torch.rand(*shape)


def tokens(n, t, most):
    return torch.randint(0, most, (n, t))


N, T = "batch_size", "length"
first = {0: N}

# name, network, inputs, names of inputs, names of outputs, axes that vary, opset
models = [
    ("mlp", nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8), nn.ReLU(), nn.Linear(8, 1), nn.Sigmoid()),
     [torch.randn(2, 10)], ["x"], ["p"], {"x": first, "p": first}, 13),
    ("mlp-opset7", nn.Sequential(nn.Linear(4, 16, bias=False), nn.Tanh(), nn.Linear(16, 3), nn.Softmax(dim=1)),
     [torch.randn(1, 4)], ["x"], ["p"], {}, 7),
    ("mlp-double", nn.Sequential(nn.Linear(6, 12), nn.Sigmoid(), nn.Linear(12, 2)).double(),
     [torch.randn(2, 6).double()], ["x"], ["y"], {"x": first, "y": first}, 11),
    ("normalized", normalized(), [torch.randn(3, 10)], ["x"], ["y"], {"x": first, "y": first}, 12),
    ("residual", Residual(), [torch.randn(2, 10)], ["x"], ["y"], {"x": first, "y": first}, 17),
    ("two-heads", TwoHeads(), [torch.randn(2, 6), torch.randn(2, 4)], ["a", "b"], ["value", "policy"],
     {"a": first, "b": first, "value": first, "policy": first}, 14),
    ("lenet", LeNet(), [images(2, 1, 28, 28)], ["x"], ["y"], {"x": first, "y": first}, 11),
    ("resnet", resnet(), [images(2, 3, 16, 16)], ["x"], ["y"], {"x": first, "y": first}, 13),
    ("mobilenet", mobilenet(), [images(2, 3, 16, 16)], ["x"], ["y"], {"x": first, "y": first}, 14),
    ("unet", UNet(), [images(2, 1, 16, 16)], ["x"], ["y"], {"x": first, "y": first}, 11),
    ("temporal", Temporal(), [torch.randn(2, 4, 15)], ["x"], ["y"], {"x": first, "y": first}, 11),
    ("word-cnn", WordCNN(), [tokens(2, 10, 60)], ["tokens"], ["y"], {"tokens": first, "y": first}, 13),
    ("rnn", Recurrent(nn.RNN), [torch.randn(2, 7, 5)], ["x"], ["y"], {"x": first, "y": first}, 9),
    ("lstm", Recurrent(nn.LSTM), [torch.randn(2, 7, 5)], ["x"], ["y"], {"x": {0: N, 1: T}, "y": first}, 13),
    ("lstm-both-ways", Recurrent(nn.LSTM, last=False, num_layers=2, bidirectional=True), [torch.randn(2, 7, 5)],
     ["x"], ["y"], {"x": {0: N, 1: T}, "y": {0: N, 1: T}}, 14),
    ("lstm-state", Stateful(), [torch.randn(4, 2, 3), torch.randn(1, 2, 8), torch.randn(1, 2, 8)],
     ["x", "h0", "c0"], ["y", "h", "c"], {"x": {0: T, 1: N}, "h0": {1: N}, "c0": {1: N}, "y": {0: T, 1: N}}, 13),
    ("gru-layers", Recurrent(nn.GRU, num_layers=2), [torch.randn(2, 7, 5)], ["x"], ["y"],
     {"x": {0: N, 1: T}, "y": first}, 16),
    ("encoder", Encoder(), [tokens(2, 12, 50)], ["tokens"], ["y"], {"tokens": first, "y": first}, 14),
    ("causal", Causal(), [tokens(2, 9, 40)], ["tokens"], ["logits"],
     {"tokens": {0: N, 1: T}, "logits": {0: N, 1: T}}, 13),
    ("flow", Flow(), [torch.randn(2, 6)], ["x"], ["z", "logp"], {"x": first, "z": first, "logp": first}, 13),
    ("autoencoder", Autoencoder(), [torch.rand(2, 20)], ["x"], ["y", "mu", "kl"],
     {"x": first, "y": first, "mu": first, "kl": first}, 11),
    ("experts", Experts(), [torch.randn(2, 8)], ["x"], ["y", "chosen"], {"x": first, "y": first, "chosen": first}, 13),
    ("graph", GraphConvolution(), [torch.randn(2, 6, 7), (torch.rand(2, 6, 6) > 0.5).float()], ["x", "adjacency"],
     ["y", "class"], {"x": first, "adjacency": first, "y": first, "class": first}, 12),
    ("radiance", Radiance(), [torch.randn(2, 3)], ["p"], ["rgb", "density"],
     {"p": first, "rgb": first, "density": first}, 13),
]

if __name__ == "__main__":
    folder = sys.argv[1]
    for i, (name, net, inputs, names, outputs, axes, opset) in enumerate(models):
        torch.manual_seed(i)
        for p in net.parameters():  # not as it was made: that depends on those before
            nn.init.normal_(p, std=0.3)
        for m in net.modules():
            if isinstance(m, nn.modules.batchnorm._BatchNorm):
                m.running_mean.normal_(std=0.2)
                m.running_var.uniform_(0.5, 2)
        net.eval()
        torch.onnx.export(net, tuple(inputs), f"{folder}/{name}.onnx", input_names=names, output_names=outputs,
                          dynamic_axes=axes, opset_version=opset)
    print(len(models), "models")
