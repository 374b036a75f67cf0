#define THREADS 256

extern "C" __global__ void scan_blocks(const int *values, int *totals, int *sums, int n) {
    __shared__ int shared[THREADS];
    int thread = threadIdx.x;
    int i = blockIdx.x * blockDim.x + thread;
    shared[thread] = i < n ? values[i] : 0;
    __syncthreads();
    for (int step = 1; step < THREADS; step *= 2) {
        int before = thread >= step ? shared[thread - step] : 0;
        __syncthreads();
        shared[thread] += before;
        __syncthreads();
    }
    if (i < n)
        totals[i] = shared[thread];
    if (thread == THREADS - 1)
        sums[blockIdx.x] = shared[thread];
}
