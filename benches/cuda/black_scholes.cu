__device__ double normal_cdf(double x) {
    return 0.5 * (1.0 + erf(x / sqrt(2.0)));
}

extern "C" __global__ void black_scholes(const double *spot, const double *strike, const double *years, double rate, double volatility,
                                         double *calls, double *puts, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        double deviation = volatility * sqrt(years[i]);
        double d1 = (log(spot[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i]) / deviation;
        double d2 = d1 - deviation;
        double discounted = strike[i] * exp(-rate * years[i]);
        calls[i] = spot[i] * normal_cdf(d1) - discounted * normal_cdf(d2);
        puts[i] = discounted * normal_cdf(-d2) - spot[i] * normal_cdf(-d1);
    }
}
