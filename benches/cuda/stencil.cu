extern "C" __global__ void relax(const float *old, float *fresh, int m, int n) {
    int j = blockIdx.x * blockDim.x + threadIdx.x;
    int i = blockIdx.y * blockDim.y + threadIdx.y;
    if (0 < i && i < m - 1 && 0 < j && j < n - 1)
        fresh[i * n + j] = 0.25f * (old[(i - 1) * n + j] + old[(i + 1) * n + j] + old[i * n + j - 1] + old[i * n + j + 1]);
}
