def ptp1(a):
    low = a[0]
    high = a[0]
    for x in a:
        if x < low:
            low = x
        if x > high:
            high = x
    return high - low
