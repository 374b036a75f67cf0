#define THREADS 256

extern "C" __global__ void sum_blocks(const float *values, float *sums, int n) {
    __shared__ float shared[THREADS];
    int thread = threadIdx.x;
    float total = 0.0f;
    for (int i = blockIdx.x * blockDim.x + thread; i < n; i += gridDim.x * blockDim.x)
        total += values[i];
    shared[thread] = total;
    __syncthreads();
    for (int half = THREADS / 2; half > 0; half /= 2) {
        if (thread < half)
            shared[thread] += shared[thread + half];
        __syncthreads();
    }
    if (thread == 0)
        sums[blockIdx.x] = shared[0];
}
