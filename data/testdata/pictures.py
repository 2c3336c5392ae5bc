"""pictures.py: writes pictures/*.png and *.jpg, small pictures of every kind, and pictures.json, what Pillow
reads of them: for each file the red, green and blue of its pixels as they are, and scaled to 3 rows and 4
columns, and to 9 rows and 10 columns, by Pillow's BILINEAR in floats; and its mean of grey.

    /usr/bin/python3 pictures.py
"""
import json, os
import numpy as np
from PIL import Image

os.chdir(os.path.dirname(os.path.abspath(__file__)))
h, w = 6, 7
i = np.arange(h * w).reshape(h, w)
channels = [127.5 + 127.5 * np.sin(0.31 * i + k) for k in range(3)]
rgb = np.stack(channels, axis=-1).round().astype(np.uint8)
alpha = np.where(i % 3 == 0, 0, 40 + 5 * i).astype(np.uint8)

colour = Image.fromarray(rgb, 'RGB')
colour.save('pictures/colour.png')
colour.convert('P', palette=Image.ADAPTIVE, colors=16).save('pictures/palette.png')
colour.convert('L').save('pictures/grey.png')
Image.fromarray(np.dstack([rgb, alpha]), 'RGBA').save('pictures/alpha.png')
Image.fromarray((np.asarray(colour.convert('L'), dtype=np.uint16) * 251)).save('pictures/grey16.png')
smooth = Image.fromarray(np.stack([20 * i[:, :] // 5 + 10 * k for k in range(3)], axis=-1).astype(np.uint8), 'RGB')
smooth.save('pictures/colour.jpg', quality=100, subsampling=0)
smooth.save('pictures/progressive.jpg', quality=100, subsampling=0, progressive=True)
smooth.convert('L').save('pictures/grey.jpg', quality=100)


def planes(path):
    image = Image.open(path)
    if image.mode.startswith('I'):
        return [np.asarray(image).astype(float) / 65535] * 3
    return [np.asarray(image.convert('RGB'))[..., k] / 255 for k in range(3)]


def scaled(planes, rows, columns):
    return [np.asarray(Image.fromarray(p.astype(np.float32), 'F').resize((columns, rows), Image.BILINEAR)) for p in planes]


def flat(planes):
    return [float('%.7g' % v) for p in planes for v in np.asarray(p).reshape(-1)]


out = {}
for name in sorted(os.listdir('pictures')):
    p = planes('pictures/' + name)
    grey = 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]
    out[name] = {'pixels': flat(p), 'smaller': flat(scaled(p, 3, 4)), 'larger': flat(scaled(p, 9, 10)), 'grey': flat([grey])}
with open('pictures.json', 'w') as f:
    f.write('{\n' + ',\n'.join('"%s": %s' % (k, json.dumps(v, separators=(',', ':'))) for k, v in out.items()) + '\n}\n')
