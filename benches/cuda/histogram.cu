#define BINS 256

extern "C" __global__ void histogram(const unsigned char *data, int *counts, int n) {
    __shared__ int bins[BINS];
    int thread = threadIdx.x;
    bins[thread] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + thread; i < n; i += gridDim.x * blockDim.x)
        atomicAdd(&bins[data[i]], 1);
    __syncthreads();
    atomicAdd(&counts[thread], bins[thread]);
}
