extern "C" __global__ void sum_warps(const float *values, float *total, int n) {
    float mine = 0.0f;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
        mine += values[i];
    for (int offset = warpSize / 2; offset > 0; offset /= 2)
        mine += __shfl_down_sync(0xffffffff, mine, offset);
    if (threadIdx.x % warpSize == 0)
        atomicAdd(total, mine);
}
