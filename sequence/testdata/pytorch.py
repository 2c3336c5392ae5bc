"""Writes pytorch.json: what PyTorch 1.13 computes for the layers of this package, in float64.

A case has the value y, in the layout (m, T, N), and for J = Σ(ω + y)⊙y the gradient and the
Hessian times v by each of the weights in PyTorch's order and then by x.
"""
import json
import torch

torch.set_default_dtype(torch.float64)


def sines(k, *shape):
    n = 1
    for d in shape:
        n *= d
    return (0.5 * torch.sin(1.3 * torch.arange(n) + k)).reshape(shape)


def case(net, f, x, shape_of=None):
    params = list(net.parameters()) if net is not None else []
    with torch.no_grad():
        for i, p in enumerate(params):
            p.copy_(sines(i + 1, *p.shape))
    x = x.clone().requires_grad_()
    y = f(net, x)
    j = ((sines(9, *y.shape) + y) * y).sum()
    wrt = params + [x]
    grad = torch.autograd.grad(j, wrt, create_graph=True)
    dot = sum((g * sines(20 + i, *g.shape)).sum() for i, g in enumerate(grad))
    hvp = torch.autograd.grad(dot, wrt)
    flat = lambda t: t.detach().flatten().tolist()
    return {'value': flat(y), 'grad': [flat(g) for g in grad], 'hvp': [flat(h) for h in hvp]}


def recurrent(net, x):  # (n, T, N)
    return net(x.permute(1, 2, 0))[0].permute(2, 0, 1)


n, h, T, N = 2, 3, 4, 3
x = sines(50, n, T, N)
cases = {}
for name, kind in (('lstm', torch.nn.LSTM), ('gru', torch.nn.GRU), ('rnn', torch.nn.RNN)):
    cases[name] = case(kind(n, h), recurrent, x)
    cases[name + ' both'] = case(kind(n, h, bidirectional=True), recurrent, x)
    cases[name + ' two'] = case(kind(n, h, num_layers=2), recurrent, x)
cases['relu'] = case(torch.nn.RNN(n, h, nonlinearity='relu'), recurrent, x)

d, heads, ff = 4, 2, 6
x = sines(50, d, T, N)
causal = torch.triu(torch.full((T, T), float('-inf')), diagonal=1)
padding = torch.tensor([[False, False, False, True], [False] * 4, [False, True, True, True]])


def attention(net, x, **masks):
    x = x.permute(1, 2, 0)
    return net(x, x, x, need_weights=False, **masks)[0].permute(2, 0, 1)


mha = torch.nn.MultiheadAttention(d, heads)
cases['attention'] = case(mha, attention, x)
cases['attention causal'] = case(mha, lambda net, x: attention(net, x, attn_mask=causal), x)
cases['attention padding'] = case(mha, lambda net, x: attention(net, x, key_padding_mask=padding), x)
for name, first in (('block', True), ('block after', False)):
    net = torch.nn.TransformerEncoderLayer(d, heads, ff, 0.0, 'gelu', norm_first=first)
    cases[name] = case(net, lambda net, x: net(x.permute(1, 2, 0), src_mask=causal).permute(2, 0, 1), x)

index = torch.tensor([[0, 4, 4, 1], [2, 0, 4, 3], [1, 1, 1, 1]])  # (N, T)


def embedding(net, x):
    return net(index).permute(2, 1, 0) * x


cases['embedding'] = case(torch.nn.Embedding(5, 2), embedding, sines(50, 2, T, N))


def entropy(net, z):  # (classes, T, N), labels (T, N), -100 is ignored
    y = torch.tensor([[0, 1, 2], [2, -100, 1], [1, 1, -100], [0, 0, -100]])
    return torch.nn.functional.cross_entropy(z.permute(2, 0, 1), y.permute(1, 0)).reshape(1)


cases['entropy'] = case(None, entropy, sines(50, 3, T, N))

with open('pytorch.json', 'w') as f:
    json.dump(cases, f, indent=0)
