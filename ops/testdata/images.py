"""images.py: writes images.jsonl, what PyTorch computes of convolutions, pools, paddings,
upsampling and normalisation in float64, one formula a line. Entry i of input k is sin(0.37·i·(i+1) + k + 1). J = Σ y³.
Of J's derivative by each input, and of its Hessian times v, where entry i of v for input k is
cos(0.41·i·(i+1) + k), each line has three sums Σ cos(0.9·i·j + j)·t[i], j = 1, 2, 3, and so of y.

    OMP_NUM_THREADS=1 python3 images.py > images.jsonl
"""
import itertools, json, math
import torch

F = torch.nn.functional
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def wave(f, dims, a, b):
    n = math.prod(dims)
    return torch.tensor([f(a * (i * (i + 1)) + b) for i in range(n)]).reshape(dims)


def sums(t):
    t = t.detach().reshape(-1).tolist()
    return [digits(math.fsum(math.cos(0.9 * (i * j) + j) * v for i, v in enumerate(t))) for j in (1, 2, 3)]


def digits(x):
    return float('%.14g' % x)


def first(x):  # examples first, as here
    return x.permute(x.dim() - 1, *range(x.dim() - 1))


def last(x):
    return x.permute(*range(1, x.dim()), 0)


def padded(x, c, value=0.0):
    b, a = c['before'], c['after']
    pads = [b[1], a[1]] + ([b[0], a[0]] if x.dim() == 4 else [])
    return F.pad(x, pads, value=value)


def pair(c, name, x):
    return c[name] if x.dim() == 4 else c[name][1:]


def conv(c, w, x):
    x = padded(first(x), c)
    f = F.conv2d if x.dim() == 4 else F.conv1d
    return last(f(x, w, None, pair(c, 'stride', x), 0, pair(c, 'dilation', x), c['groups']))


def transposed(c, w, x):
    x = first(x)
    f = F.conv_transpose2d if x.dim() == 4 else F.conv_transpose1d
    y = f(x, w, None, pair(c, 'stride', x), 0, 0, c['groups'], pair(c, 'dilation', x))
    return last(padded(y, {'before': [-p for p in c['before']], 'after': [-p for p in c['after']]}))


def max_pool(c, x):
    x = padded(first(x), c, -math.inf)
    f = F.max_pool2d if x.dim() == 4 else F.max_pool1d
    return last(f(x, pair(c, 'size', x), pair(c, 'stride', x), 0, pair(c, 'dilation', x)))


def avg_pool(c, x):
    x = first(x)
    f = F.avg_pool2d if x.dim() == 4 else F.avg_pool1d
    return last(f(x, pair(c, 'size', x), pair(c, 'stride', x), pair(c, 'before', x), count_include_pad=False))


def upsample(c, x):
    return last(F.interpolate(first(x), scale_factor=c['size'], mode='nearest'))


def bilinear(c, x):
    return last(F.interpolate(first(x), scale_factor=c['size'], mode='bilinear', align_corners=False))


def pad(mode):
    def f(c, x):
        b, a = c['before'], c['after']
        return last(F.pad(first(x), [b[1], a[1], b[0], a[0]], mode=mode, **({'value': 0.5} if mode == 'constant' else {})))
    return f


def batch_norm(c, x):
    return last(F.batch_norm(first(x), None, None, training=True, eps=0.01))


def layer_norm(c, x):
    x = first(x)
    return last(F.layer_norm(x, x.shape[1:], eps=0.01))


def group_norm(c, x):
    return last(F.group_norm(first(x), c['groups'], eps=0.01))


def rms_norm(c, x):
    x = first(x)
    return last(x / torch.sqrt((x * x).mean(dim=1, keepdim=True) + 0.01))


MAPS = {'BatchNorm': batch_norm, 'LayerNorm': layer_norm, 'GroupNorm': group_norm, 'RMSNorm': rms_norm,
        'Conv': conv, 'ConvTranspose': transposed, 'MaxPool': max_pool, 'AvgPool': avg_pool, 'Upsample': upsample,
        'UpsampleBilinear': bilinear, 'Pad': pad('constant'), 'PadReflect': pad('reflect'), 'PadEdge': pad('replicate')}


def emit(op, dims, **window):
    c = {'size': [1, 1], 'stride': [1, 1], 'before': [0, 0], 'after': [0, 0], 'dilation': [1, 1], 'groups': 1, **window}
    x = [wave(math.sin, d, 0.37, k + 1).requires_grad_() for k, d in enumerate(dims)]
    v = [wave(math.cos, d, 0.41, k) for k, d in enumerate(dims)]
    y = MAPS[op](c, *x)
    j = (y ** 3).sum()
    g = torch.autograd.grad(j, x, create_graph=True)
    h = torch.autograd.grad(sum((a * b).sum() for a, b in zip(g, v)), x)
    print(json.dumps({'op': op, 'dims': dims, **window, 'shape': list(y.shape), 'j': digits(j.item()), 'y': sums(y),
                      'gradient': [sums(t) for t in g], 'hvp': [sums(t) for t in h]}, separators=(',', ':')))


WINDOWS = [
    dict(), dict(before=[1, 1], after=[1, 1]), dict(before=[0, 2], after=[1, 0]), dict(stride=[2, 2]),
    dict(stride=[2, 1], before=[1, 1], after=[1, 1]), dict(stride=[3, 2], before=[2, 1], after=[0, 2]),
    dict(dilation=[2, 2], before=[2, 2], after=[2, 2]), dict(dilation=[1, 2], stride=[2, 2], before=[0, 3], after=[0, 1]),
    dict(before=[3, 4], after=[4, 3]),
]
for p, n in itertools.product(WINDOWS, (1, 3, 16, 64)):
    for k in ((3, 3), (2, 1)):
        emit('Conv', [[3, 2, *k], [2, 7, 6, n]], **p)
    emit('Conv', [[6, 2, 3, 2], [4, 6, 7, n]], groups=2, **p)
    emit('Conv', [[4, 1, 3, 3], [4, 7, 6, n]], groups=4, **p)
for p, n in itertools.product(WINDOWS[:7], (2, 17)):
    emit('Conv', [[3, 2, 3], [2, 9, n]], **p)
for n in (1, 16, 65):
    emit('Conv', [[7, 5, 1, 1], [5, 4, 3, n]])
    emit('Conv', [[14, 17, 5, 5], [17, 8, 8, n]], before=[2, 2], after=[2, 2])
for n in (1, 5, 20, 64):
    for p in (dict(), dict(stride=[2, 2], before=[1, 1], after=[1, 0]), dict(stride=[2, 3], before=[0, 1], after=[1, 0]), dict(dilation=[2, 1], before=[1, 1], after=[1, 1])):
        emit('ConvTranspose', [[3, 2, 3, 3], [3, 4, 5, n]], **p)
        emit('ConvTranspose', [[4, 2, 3, 2], [4, 4, 3, n]], groups=2, **p)
    emit('ConvTranspose', [[3, 2, 3], [3, 5, n]], stride=[1, 2])
for n in (1, 19, 64):
    for p in (dict(size=[2, 2], stride=[2, 2]), dict(size=[3, 3], stride=[2, 2], before=[1, 1], after=[1, 1]), dict(size=[3, 2], stride=[1, 2])):
        emit('MaxPool', [[3, 9, 8, n]], **p)
        emit('AvgPool', [[3, 9, 8, n]], **p)
        emit('MaxPool', [[3, 9, n]], **p)
        emit('AvgPool', [[3, 9, n]], **p)
    emit('MaxPool', [[2, 9, 8, n]], size=[2, 3], stride=[1, 1], dilation=[3, 2], before=[0, 1], after=[1, 2])
    for size in ([2, 2], [1, 3], [3, 2]):
        emit('Upsample', [[2, 3, 4, n]], size=size)
        emit('UpsampleBilinear', [[2, 3, 4, n]], size=size)
    if n > 1:
        emit('BatchNorm', [[3, 4, 5, n]])
    emit('LayerNorm', [[2, 4, 3, n]])
    emit('LayerNorm', [[9, n]])
    emit('RMSNorm', [[9, n]])
    emit('RMSNorm', [[5, 2, 3, n]])
    for groups in (1, 2, 4):
        emit('GroupNorm', [[4, 3, 2, n]], groups=groups)
    for op in ('Pad', 'PadReflect', 'PadEdge'):
        emit(op, [[2, 3, 4, n]], before=[2, 1], after=[0, 3])
