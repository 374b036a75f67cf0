"""Pictures and geometry: filters, resizing, dithering, regions, noise, rays, polygons; vectors are small arrays and tuples."""

import math

import numpy as np
from numba import njit, prange


@njit
def sobel(img):
    h, w = img.shape
    gx = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    gy = gx.T
    out = np.zeros((h, w), dtype=np.float32)
    for y in range(1, h - 1):
        for x in range(1, w - 1):
            win = img[y - 1:y + 2, x - 1:x + 2]
            sx = (win * gx).sum()
            sy = (win * gy).sum()
            out[y, x] = np.sqrt(sx * sx + sy * sy)
    return out


@njit(parallel=True)
def resize_bilinear(src, oh, ow):
    h, w, c = src.shape
    dst = np.empty((oh, ow, c), dtype=src.dtype)
    sy, sx = h / oh, w / ow
    for i in prange(oh):
        fy = (i + 0.5) * sy - 0.5
        y0 = int(math.floor(fy))
        wy = fy - y0
        y1 = min(max(y0 + 1, 0), h - 1)
        y0 = min(max(y0, 0), h - 1)
        for j in range(ow):
            fx = (j + 0.5) * sx - 0.5
            x0 = int(np.floor(fx))
            wx = fx - x0
            x1 = min(max(x0 + 1, 0), w - 1)
            x0 = min(max(x0, 0), w - 1)
            for k in range(c):
                v = (src[y0, x0, k] * (1 - wx) + src[y0, x1, k] * wx) * (1 - wy) + (src[y1, x0, k] * (1 - wx) + src[y1, x1, k] * wx) * wy
                dst[i, j, k] = np.uint8(v + 0.5)
    return dst


@njit(parallel=True, fastmath=True)
def nlm(img, h, f, t):
    H, W = img.shape
    out = np.zeros_like(img)
    for y in prange(f, H - f):
        for x in range(f, W - f):
            tot = 0.0
            wt = 0.0
            for yy in range(max(f, y - t), min(H - f, y + t + 1)):
                for xx in range(max(f, x - t), min(W - f, x + t + 1)):
                    d = 0.0
                    for p in range(-f, f + 1):
                        for q in range(-f, f + 1):
                            d += (img[y + p, x + q] - img[yy + p, xx + q]) ** 2
                    w = math.exp(-d / (h * h))
                    tot += w * img[yy, xx]
                    wt += w
            out[y, x] = tot / wt
    return out


@njit
def histogram_eq(img):
    hist = np.zeros(256, dtype=np.int64)
    for v in img.flat:
        hist[v] += 1
    cdf = hist.cumsum()
    nz = cdf[cdf > 0]
    lut = np.round((cdf - nz[0]) / (cdf[-1] - nz[0]) * 255).astype(np.uint8)
    return lut[img.ravel()].reshape(img.shape)


@njit
def floyd_steinberg(image):
    Lx, Ly = image.shape
    for j in range(Ly):
        for i in range(Lx):
            rounded = round(image[i, j])
            err = image[i, j] - rounded
            image[i, j] = rounded
            if i < Lx - 1:
                image[i + 1, j] += (7 / 16) * err
            if j < Ly - 1:
                image[i, j + 1] += (5 / 16) * err
                if i > 0:
                    image[i - 1, j + 1] += (1 / 16) * err
                if i < Lx - 1:
                    image[i + 1, j + 1] += (3 / 16) * err
    return image


@njit
def median_filter(img, k):
    r = k // 2
    out = np.copy(img)
    for y in range(r, img.shape[0] - r):
        for x in range(r, img.shape[1] - r):
            out[y, x] = np.median(img[y - r:y + r + 1, x - r:x + r + 1])
    return out


@njit
def flood_fill(img, sy, sx, new):
    old = img[sy, sx]
    if old == new:
        return 0
    h, w = img.shape
    stack = np.empty((h * w * 4, 2), dtype=np.int32)
    top = 0
    stack[top] = (sy, sx)
    top += 1
    n = 0
    while top:
        top -= 1
        y, x = stack[top]
        if y < 0 or y >= h or x < 0 or x >= w or img[y, x] != old:
            continue
        img[y, x] = new
        n += 1
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            stack[top] = y + dy, x + dx
            top += 1
    return n


@njit
def label(img):
    h, w = img.shape
    parent = np.arange(h * w)
    def find(p, i):
        while p[i] != i:
            p[i] = p[p[i]]
            i = p[i]
        return i
    for y in range(h):
        for x in range(w):
            if not img[y, x]:
                continue
            if x and img[y, x - 1]:
                a, b = find(parent, y * w + x), find(parent, y * w + x - 1)
                if a != b:
                    parent[max(a, b)] = min(a, b)
            if y and img[y - 1, x]:
                a, b = find(parent, y * w + x), find(parent, (y - 1) * w + x)
                if a != b:
                    parent[max(a, b)] = min(a, b)
    out = np.zeros(img.shape, np.int64)
    for y in range(h):
        for x in range(w):
            if img[y, x]:
                out[y, x] = find(parent, y * w + x) + 1
    return out, len(np.unique(out)) - 1


@njit
def rgb2gray_hsv(img):
    h, w = img.shape[:2]
    gray = np.empty((h, w), np.uint8)
    hsv = np.empty((h, w, 3))
    for y in range(h):
        for x in range(w):
            r, g, b = img[y, x]
            gray[y, x] = int(0.299 * r + 0.587 * g + 0.114 * b)
            r, g, b = r / 255, g / 255, b / 255
            mx, mn = max(r, g, b), min(r, g, b)
            d = mx - mn
            if d == 0:
                hue = 0.0
            elif mx == r:
                hue = 60 * (((g - b) / d) % 6)
            elif mx == g:
                hue = 60 * ((b - r) / d + 2)
            else:
                hue = 60 * ((r - g) / d + 4)
            hsv[y, x] = hue, 0 if mx == 0 else d / mx, mx
    return gray, hsv


@njit(parallel=True)
def julia(c, n, maxit=100):
    out = np.zeros((n, n), dtype=np.uint16)
    for i in prange(n):
        for j in range(n):
            z = complex(-1.5 + 3 * j / n, -1.5 + 3 * i / n)
            k = 0
            while abs(z) < 2 and k < maxit:
                z = z ** 2 + c
                k += 1
            out[i, j] = k
    return out


@njit
def vadd(a, b): return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


@njit
def vscale(a, k): return (a[0] * k, a[1] * k, a[2] * k)


@njit
def vdot(a, b): return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@njit
def sphere(o, d, c, r):
    oc = vadd(o, vscale(c, -1.0))
    b = vdot(oc, d)
    disc = b * b - vdot(oc, oc) + r * r
    if disc < 0:
        return -1.0
    t = -b - math.sqrt(disc)
    return t if t > 1e-4 else -1.0


@njit
def trace(w, h, spheres):
    img = np.zeros((h, w, 3), dtype=np.uint8)
    for y in range(h):
        for x in range(w):
            d = ((x - w / 2) / w, (y - h / 2) / w, 1.0)
            d = vscale(d, 1 / math.sqrt(vdot(d, d)))
            best, hit = 1e30, -1
            for k in range(len(spheres)):
                s = spheres[k]
                t = sphere((0.0, 0.0, 0.0), d, (s[0], s[1], s[2]), s[3])
                if 0 < t < best:
                    best, hit = t, k
            if hit >= 0:
                p = vscale(d, best)
                n = vscale(vadd(p, (-spheres[hit, 0], -spheres[hit, 1], -spheres[hit, 2])), 1 / spheres[hit, 3])
                l = max(0.0, -n[2])
                img[y, x, :] = (np.array([255, 100, 50]) * l).astype(np.uint8)
    return img


@njit(inline="always")
def sdf(p):
    q = np.abs(p) - np.array([.6, .6, .6])
    box = np.sqrt((np.maximum(q, 0) ** 2).sum()) + min(max(q[0], max(q[1], q[2])), 0.0)
    return max(box, .75 - np.sqrt((p ** 2).sum()))


@njit
def normal(p):
    e = 1e-4
    n = np.zeros(3)
    for i in range(3):
        d = np.zeros(3)
        d[i] = e
        n[i] = sdf(p + d) - sdf(p - d)
    return n / np.sqrt(n @ n)


@njit(parallel=True)
def march(w, h):
    img = np.zeros((h, w))
    light = np.array([.5, .8, -1.0])
    light /= np.linalg.norm(light)
    for j in prange(h):
        for i in range(w):
            o = np.array([0.8, .6, -3.0])
            d = np.array([(i - w / 2) / w - .25, (j - h / 2) / w - .2, 1.0])
            d = d / np.linalg.norm(d)
            t = 0.0
            for _ in range(60):
                p = o + t * d
                s = sdf(p)
                if s < 1e-4:
                    img[j, i] = max(0.1, np.dot(normal(p), light))
                    break
                t += s
                if t > 8:
                    break
    return img


@njit
def is_inside(x, y, corners):
    """By the edges that a ray to the right crosses."""
    inside = False
    x1, y1 = corners[-1]
    for x2, y2 in corners:
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
        x1, y1 = x2, y2
    return inside


@njit(parallel=True)
def points_inside(points, corners):
    found = np.empty(len(points), dtype=np.bool_)
    for i in prange(len(points)):
        found[i] = is_inside(points[i, 0], points[i, 1], corners)
    return found


@njit
def haversine(lat1, lon1, lat2, lon2):
    p = math.pi / 180
    a = 0.5 - math.cos((lat2 - lat1) * p) / 2 + math.cos(lat1 * p) * math.cos(lat2 * p) * (1 - math.cos((lon2 - lon1) * p)) / 2
    return 12742 * math.asin(math.sqrt(a))


@njit(parallel=True)
def dist_matrix(lat, lon):
    n = len(lat)
    D = np.zeros((n, n), dtype=np.float32)
    for i in prange(n):
        for j in range(i + 1, n):
            D[i, j] = haversine(lat[i], lon[i], lat[j], lon[j])
            D[j, i] = D[i, j]
    return D


@njit
def rotate(pts, axis, angle):
    k = axis / np.linalg.norm(axis)
    c, s = np.cos(angle), np.sin(angle)
    out = np.empty_like(pts)
    for i in range(len(pts)):
        v = pts[i]
        out[i] = v * c + np.cross(k, v) * s + k * np.dot(k, v) * (1 - c)
    return out


@njit
def spline_coeffs(x, y):
    n = len(x)
    h = np.diff(x)
    al = np.zeros(n)
    for i in range(1, n - 1):
        al[i] = 3 / h[i] * (y[i + 1] - y[i]) - 3 / h[i - 1] * (y[i] - y[i - 1])
    l, mu, z = np.ones(n), np.zeros(n), np.zeros(n)
    for i in range(1, n - 1):
        l[i] = 2 * (x[i + 1] - x[i - 1]) - h[i - 1] * mu[i - 1]
        mu[i] = h[i] / l[i]
        z[i] = (al[i] - h[i - 1] * z[i - 1]) / l[i]
    b, c, d = np.zeros(n - 1), np.zeros(n), np.zeros(n - 1)
    for j in range(n - 2, -1, -1):
        c[j] = z[j] - mu[j] * c[j + 1]
        b[j] = (y[j + 1] - y[j]) / h[j] - h[j] * (c[j + 1] + 2 * c[j]) / 3
        d[j] = (c[j + 1] - c[j]) / 3 / h[j]
    return b, c, d


@njit
def spline_eval(x, y, q):
    b, c, d = spline_coeffs(x, y)
    out = np.empty(q.shape)
    for k, v in np.ndenumerate(q):
        i = min(max(np.searchsorted(x, v) - 1, 0), x.size - 2)
        t = v - x[i]
        out[k] = y[i] + t * (b[i] + t * (c[i] + t * d[i]))
    return out


@njit
def perlin(w, h, seed):
    np.random.seed(seed)
    perm = np.random.permutation(256)
    perm = np.concatenate((perm, perm))
    def fade(t):
        return t * t * t * (t * (t * 6 - 15) + 10)
    def grad(hsh, x, y):
        g = hsh & 3
        return (x if g & 1 else -x) + (y if g & 2 else -y)
    out = np.zeros((h, w))
    for j in range(h):
        for i in range(w):
            x, y = i / 8, j / 8
            xi, yi = int(x) & 255, int(y) & 255
            xf, yf = x - int(x), y - int(y)
            u, v = fade(xf), fade(yf)
            aa, ab = perm[perm[xi] + yi], perm[perm[xi] + yi + 1]
            ba, bb = perm[perm[xi + 1] + yi], perm[perm[xi + 1] + yi + 1]
            x1 = grad(aa, xf, yf) * (1 - u) + grad(ba, xf - 1, yf) * u
            x2 = grad(ab, xf, yf - 1) * (1 - u) + grad(bb, xf - 1, yf - 1) * u
            out[j, i] = x1 * (1 - v) + x2 * v
    return out


def show(name, *results):
    """Rounded: the last places may differ."""
    print(name, *[np.round(np.asarray(result, dtype=np.float64), 6).tolist() for result in results])


random = np.random.default_rng(0)
image = random.integers(0, 256, (14, 18), dtype=np.uint8)
colours = random.integers(0, 256, (8, 10, 3), dtype=np.uint8)
show("filters", sobel(image), nlm(image / 255.0, 0.3, 1, 2), median_filter(image, 3), histogram_eq(image))
show("sizes", resize_bilinear(colours, 12, 9), floyd_steinberg(image / 255.0))
show("regions", flood_fill((image > 60).astype(np.uint8), 5, 5, 7), *label(image > 120))
show("colours", *rgb2gray_hsv(colours))
show("fractal", julia(-0.4 + 0.6j, 12))
show("rays", trace(16, 12, np.array([[0.0, 0, 3, 1], [1, 0.5, 4, 0.7]])), march(12, 9))
corners = np.array([[0.0, 0], [1, 0], [1, 1], [0.5, 0.3], [0, 1]])
show("polygon", points_inside(random.random((30, 2)), corners))
show("distances", dist_matrix(random.uniform(-80, 80, 8), random.uniform(-180, 180, 8)))
show("turned", rotate(random.random((6, 3)), np.array([1.0, 1, 0]), 0.5))
places = np.sort(random.random(12))
show("curve", spline_eval(places, random.random(12), random.random((3, 4))))
show("noise", perlin(12, 8, 1))
