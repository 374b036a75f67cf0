extern "C" __global__ void matmul(const float *a, const float *b, float *c, int m, int n, int depth) {
    int column = blockIdx.x * blockDim.x + threadIdx.x;
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row < m && column < n) {
        float total = 0.0f;
        for (int k = 0; k < depth; ++k)
            total += a[row * depth + k] * b[k * n + column];
        c[row * n + column] = total;
    }
}
