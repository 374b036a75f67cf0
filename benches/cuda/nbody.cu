#define THREADS 128
#define SOFTENING 0.01f

/* Compiled with -use_fast_math, as the kernel in Python is with fastmath. */
extern "C" __global__ void attract(const float4 *bodies, float *accelerations, int count) {
    __shared__ float4 tile[THREADS];
    int thread = threadIdx.x;
    int i = blockIdx.x * blockDim.x + thread;
    float4 mine = bodies[min(i, count - 1)];
    float ax = 0.0f, ay = 0.0f, az = 0.0f;
    for (int start = 0; start < count; start += THREADS) {
        float4 other = bodies[min(start + thread, count - 1)];
        if (start + thread >= count)
            other.w = 0.0f;
        tile[thread] = other;
        __syncthreads();
        for (int k = 0; k < THREADS; ++k) {
            float4 body = tile[k];
            float dx = body.x - mine.x, dy = body.y - mine.y, dz = body.z - mine.z;
            float inverse = 1.0f / sqrtf(dx * dx + dy * dy + dz * dz + SOFTENING);
            float pull = body.w * inverse * inverse * inverse;
            ax += dx * pull;
            ay += dy * pull;
            az += dz * pull;
        }
        __syncthreads();
    }
    if (i < count) {
        accelerations[3 * i] = ax;
        accelerations[3 * i + 1] = ay;
        accelerations[3 * i + 2] = az;
    }
}
