#define LIMIT 200

extern "C" __global__ void mandelbrot(double left, double top, double step, int *counts, int m, int n) {
    int column = blockIdx.x * blockDim.x + threadIdx.x;
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row < m && column < n) {
        double re = left + column * step, im = top + row * step;
        double x = 0.0, y = 0.0;
        int count = 0;
        while (count < LIMIT && x * x + y * y <= 4.0) {
            double next = x * x - y * y + re;
            y = 2.0 * x * y + im;
            x = next;
            ++count;
        }
        counts[row * n + column] = count;
    }
}
