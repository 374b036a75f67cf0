#define TILE 16

extern "C" __global__ void matmul_tiled(const float *a, const float *b, float *c, int m, int n, int depth) {
    __shared__ float left[TILE][TILE];
    __shared__ float right[TILE][TILE];
    int x = threadIdx.x, y = threadIdx.y;
    int column = blockIdx.x * blockDim.x + x;
    int row = blockIdx.y * blockDim.y + y;
    float total = 0.0f;
    for (int start = 0; start < depth; start += TILE) {
        left[y][x] = row < m && start + x < depth ? a[row * depth + start + x] : 0.0f;
        right[y][x] = start + y < depth && column < n ? b[(start + y) * n + column] : 0.0f;
        __syncthreads();
        for (int k = 0; k < TILE; ++k)
            total += left[y][k] * right[k][x];
        __syncthreads();
    }
    if (row < m && column < n)
        c[row * n + column] = total;
}
