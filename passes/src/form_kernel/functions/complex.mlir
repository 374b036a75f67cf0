// Made of complex.py by lit-tests/gpu/device_functions.py.
func.func private @hypot(f64, f64) -> f64
func.func @csqrt(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %false = arith.constant false
  %cst = arith.constant 2.000000e+00 : f64
  %cst_0 = arith.constant 8.000000e+00 : f64
  %cst_1 = arith.constant 7.4505805969238281E-9 : f64
  %cst_2 = arith.constant 0x4340000000000000 : f64
  %cst_3 = arith.constant 2.2250738585072014E-308 : f64
  %cst_4 = arith.constant 0.000000e+00 : f64
  %cst_5 = arith.constant 0x7FF8000000000000 : f64
  %cst_6 = arith.constant 0x7FF0000000000000 : f64
  %0 = math.isinf %arg1 : f64
  %1:2 = scf.if %0 -> (f64, f64) {
    scf.yield %cst_6, %arg1 : f64, f64
  } else {
    %2 = math.isnan %arg0 : f64
    %3:2 = scf.if %2 -> (f64, f64) {
      scf.yield %arg0, %cst_5 : f64, f64
    } else {
      %4 = math.isinf %arg0 : f64
      %5:2 = scf.if %4 -> (f64, f64) {
        %6 = arith.cmpf ogt, %arg0, %cst_4 : f64
        %7:2 = scf.if %6 -> (f64, f64) {
          %8 = math.isnan %arg1 : f64
          %9 = scf.if %8 -> (f64) {
            scf.yield %arg1 : f64
          } else {
            %10 = math.copysign %cst_4, %arg1 : f64
            scf.yield %10 : f64
          }
          scf.yield %arg0, %9 : f64, f64
        } else {
          %8 = math.isnan %arg1 : f64
          %9 = arith.select %8, %arg1, %cst_4 : f64
          %10 = math.copysign %cst_6, %arg1 : f64
          scf.yield %9, %10 : f64, f64
        }
        scf.yield %7#0, %7#1 : f64, f64
      } else {
        %6 = math.isnan %arg1 : f64
        %7:2 = scf.if %6 -> (f64, f64) {
          scf.yield %arg1, %arg1 : f64, f64
        } else {
          %8 = arith.cmpf oeq, %arg0, %cst_4 : f64
          %9 = scf.if %8 -> (i1) {
            %11 = arith.cmpf oeq, %arg1, %cst_4 : f64
            scf.yield %11 : i1
          } else {
            scf.yield %false : i1
          }
          %10:2 = scf.if %9 -> (f64, f64) {
            scf.yield %cst_4, %arg1 : f64, f64
          } else {
            %11 = math.absf %arg0 : f64
            %12 = math.absf %arg1 : f64
            %13 = arith.cmpf olt, %11, %cst_3 : f64
            %14 = scf.if %13 -> (i1) {
              %21 = arith.cmpf olt, %12, %cst_3 : f64
              scf.yield %21 : i1
            } else {
              scf.yield %false : i1
            }
            %15 = scf.if %14 -> (f64) {
              %21 = arith.mulf %11, %cst_2 : f64
              %22 = arith.mulf %12, %cst_2 : f64
              %23 = func.call @hypot(%21, %22) : (f64, f64) -> f64
              %24 = arith.addf %21, %23 : f64
              %25 = math.sqrt %24 : f64
              %26 = arith.mulf %25, %cst_1 : f64
              scf.yield %26 : f64
            } else {
              %21 = arith.divf %11, %cst_0 : f64
              %22 = arith.divf %12, %cst_0 : f64
              %23 = func.call @hypot(%21, %22) : (f64, f64) -> f64
              %24 = arith.addf %21, %23 : f64
              %25 = math.sqrt %24 : f64
              %26 = arith.mulf %25, %cst : f64
              scf.yield %26 : f64
            }
            %16 = arith.mulf %15, %cst : f64
            %17 = arith.divf %12, %16 : f64
            %18 = arith.cmpf oge, %arg0, %cst_4 : f64
            %19 = arith.select %18, %15, %17 : f64
            %20 = scf.if %18 -> (f64) {
              %21 = math.copysign %17, %arg1 : f64
              scf.yield %21 : f64
            } else {
              %21 = math.copysign %15, %arg1 : f64
              scf.yield %21 : f64
            }
            scf.yield %19, %20 : f64, f64
          }
          scf.yield %10#0, %10#1 : f64, f64
        }
        scf.yield %7#0, %7#1 : f64, f64
      }
      scf.yield %5#0, %5#1 : f64, f64
    }
    scf.yield %3#0, %3#1 : f64, f64
  }
  return %1#0, %1#1 : f64, f64
}
func.func @cexp(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %cst = arith.constant 709.08956571282408 : f64
  %true = arith.constant true
  %cst_0 = arith.constant 2.7182818284590451 : f64
  %cst_1 = arith.constant 1.000000e+00 : f64
  %cst_2 = arith.constant 0x7FF8000000000000 : f64
  %cst_3 = arith.constant 0x7FF0000000000000 : f64
  %cst_4 = arith.constant 0.000000e+00 : f64
  %0 = arith.cmpf oeq, %arg1, %cst_4 : f64
  %1:2 = scf.if %0 -> (f64, f64) {
    %2 = math.exp %arg0 : f64
    scf.yield %2, %arg1 : f64, f64
  } else {
    %2 = math.isinf %arg0 : f64
    %3:2 = scf.if %2 -> (f64, f64) {
      %4 = arith.cmpf olt, %arg0, %cst_4 : f64
      %5:2 = scf.if %4 -> (f64, f64) {
        %6 = math.isinf %arg1 : f64
        %7 = scf.if %6 -> (i1) {
          scf.yield %true : i1
        } else {
          %9 = math.isnan %arg1 : f64
          scf.yield %9 : i1
        }
        %8:2 = scf.if %7 -> (f64, f64) {
          %9 = math.copysign %cst_4, %arg1 : f64
          scf.yield %cst_4, %9 : f64, f64
        } else {
          %9 = math.cos %arg1 : f64
          %10 = arith.mulf %9, %cst_4 : f64
          %11 = math.sin %arg1 : f64
          %12 = arith.mulf %11, %cst_4 : f64
          scf.yield %10, %12 : f64, f64
        }
        scf.yield %8#0, %8#1 : f64, f64
      } else {
        %6 = math.isinf %arg1 : f64
        %7 = scf.if %6 -> (i1) {
          scf.yield %true : i1
        } else {
          %9 = math.isnan %arg1 : f64
          scf.yield %9 : i1
        }
        %8:2 = scf.if %7 -> (f64, f64) {
          scf.yield %cst_3, %cst_2 : f64, f64
        } else {
          %9 = math.cos %arg1 : f64
          %10 = math.copysign %cst_3, %9 : f64
          %11 = math.sin %arg1 : f64
          %12 = math.copysign %cst_3, %11 : f64
          scf.yield %10, %12 : f64, f64
        }
        scf.yield %8#0, %8#1 : f64, f64
      }
      scf.yield %5#0, %5#1 : f64, f64
    } else {
      %4 = math.isinf %arg1 : f64
      %5 = scf.if %4 -> (i1) {
        scf.yield %true : i1
      } else {
        %7 = math.isnan %arg1 : f64
        %8 = scf.if %7 -> (i1) {
          scf.yield %true : i1
        } else {
          %9 = math.isnan %arg0 : f64
          scf.yield %9 : i1
        }
        scf.yield %8 : i1
      }
      %6:2 = scf.if %5 -> (f64, f64) {
        scf.yield %cst_2, %cst_2 : f64, f64
      } else {
        %7 = arith.cmpf ogt, %arg0, %cst : f64
        %8:2 = scf.if %7 -> (f64, f64) {
          %9 = arith.subf %arg0, %cst_1 : f64
          %10 = math.exp %9 : f64
          %11 = math.cos %arg1 : f64
          %12 = arith.mulf %10, %11 : f64
          %13 = arith.mulf %12, %cst_0 : f64
          %14 = math.sin %arg1 : f64
          %15 = arith.mulf %10, %14 : f64
          %16 = arith.mulf %15, %cst_0 : f64
          scf.yield %13, %16 : f64, f64
        } else {
          %9 = math.exp %arg0 : f64
          %10 = math.cos %arg1 : f64
          %11 = arith.mulf %9, %10 : f64
          %12 = math.sin %arg1 : f64
          %13 = arith.mulf %9, %12 : f64
          scf.yield %11, %13 : f64, f64
        }
        scf.yield %8#0, %8#1 : f64, f64
      }
      scf.yield %6#0, %6#1 : f64, f64
    }
    scf.yield %3#0, %3#1 : f64, f64
  }
  return %1#0, %1#1 : f64, f64
}
func.func @clog(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %cst = arith.constant 36.736800569677101 : f64
  %cst_0 = arith.constant 0xFFF0000000000000 : f64
  %false = arith.constant false
  %true = arith.constant true
  %cst_1 = arith.constant 1.000000e+00 : f64
  %cst_2 = arith.constant 1.730000e+00 : f64
  %cst_3 = arith.constant 7.100000e-01 : f64
  %cst_4 = arith.constant 0x4340000000000000 : f64
  %cst_5 = arith.constant 0.000000e+00 : f64
  %cst_6 = arith.constant 2.2250738585072014E-308 : f64
  %cst_7 = arith.constant 0.69314718055994529 : f64
  %cst_8 = arith.constant 2.000000e+00 : f64
  %cst_9 = arith.constant 4.4942328371557893E+307 : f64
  %cst_10 = arith.constant 0x7FF8000000000000 : f64
  %cst_11 = arith.constant 0x7FF0000000000000 : f64
  %0 = math.absf %arg0 : f64
  %1 = math.absf %arg1 : f64
  %2 = math.atan2 %arg1, %arg0 : f64
  %3 = math.isinf %arg0 : f64
  %4 = scf.if %3 -> (i1) {
    scf.yield %true : i1
  } else {
    %6 = math.isinf %arg1 : f64
    scf.yield %6 : i1
  }
  %5:2 = scf.if %4 -> (f64, f64) {
    scf.yield %cst_11, %2 : f64, f64
  } else {
    %6 = math.isnan %arg0 : f64
    %7 = scf.if %6 -> (i1) {
      scf.yield %true : i1
    } else {
      %10 = math.isnan %arg1 : f64
      scf.yield %10 : i1
    }
    %8 = arith.select %7, %cst_10, %2 : f64
    %9 = scf.if %7 -> (f64) {
      scf.yield %cst_10 : f64
    } else {
      %10 = arith.cmpf ogt, %0, %cst_9 : f64
      %11 = scf.if %10 -> (i1) {
        scf.yield %true : i1
      } else {
        %13 = arith.cmpf ogt, %1, %cst_9 : f64
        scf.yield %13 : i1
      }
      %12 = scf.if %11 -> (f64) {
        %13 = arith.divf %0, %cst_8 : f64
        %14 = arith.divf %1, %cst_8 : f64
        %15 = func.call @hypot(%13, %14) : (f64, f64) -> f64
        %16 = math.log %15 : f64
        %17 = arith.addf %16, %cst_7 : f64
        scf.yield %17 : f64
      } else {
        %13 = arith.cmpf olt, %0, %cst_6 : f64
        %14 = scf.if %13 -> (i1) {
          %16 = arith.cmpf olt, %1, %cst_6 : f64
          scf.yield %16 : i1
        } else {
          scf.yield %false : i1
        }
        %15 = scf.if %14 -> (f64) {
          %16 = arith.cmpf oeq, %0, %cst_5 : f64
          %17 = scf.if %16 -> (i1) {
            %19 = arith.cmpf oeq, %1, %cst_5 : f64
            scf.yield %19 : i1
          } else {
            scf.yield %false : i1
          }
          %18 = scf.if %17 -> (f64) {
            scf.yield %cst_0 : f64
          } else {
            %19 = arith.mulf %0, %cst_4 : f64
            %20 = arith.mulf %1, %cst_4 : f64
            %21 = func.call @hypot(%19, %20) : (f64, f64) -> f64
            %22 = math.log %21 : f64
            %23 = arith.subf %22, %cst : f64
            scf.yield %23 : f64
          }
          scf.yield %18 : f64
        } else {
          %16 = func.call @hypot(%0, %1) : (f64, f64) -> f64
          %17 = arith.cmpf ole, %cst_3, %16 : f64
          %18 = scf.if %17 -> (i1) {
            %20 = arith.cmpf ole, %16, %cst_2 : f64
            scf.yield %20 : i1
          } else {
            scf.yield %false : i1
          }
          %19 = scf.if %18 -> (f64) {
            %20 = arith.cmpf ogt, %1, %0 : f64
            %21 = arith.select %20, %1, %0 : f64
            %22 = arith.cmpf olt, %1, %0 : f64
            %23 = arith.select %22, %1, %0 : f64
            %24 = arith.subf %21, %cst_1 : f64
            %25 = arith.addf %21, %cst_1 : f64
            %26 = arith.mulf %24, %25 : f64
            %27 = arith.mulf %23, %23 : f64
            %28 = arith.addf %26, %27 : f64
            %29 = math.log1p %28 : f64
            %30 = arith.divf %29, %cst_8 : f64
            scf.yield %30 : f64
          } else {
            %20 = math.log %16 : f64
            scf.yield %20 : f64
          }
          scf.yield %19 : f64
        }
        scf.yield %15 : f64
      }
      scf.yield %12 : f64
    }
    scf.yield %9, %8 : f64, f64
  }
  return %5#0, %5#1 : f64, f64
}
func.func @ccosh(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %cst = arith.constant 709.08956571282408 : f64
  %false = arith.constant false
  %true = arith.constant true
  %cst_0 = arith.constant 2.7182818284590451 : f64
  %cst_1 = arith.constant 1.000000e+00 : f64
  %cst_2 = arith.constant 0.000000e+00 : f64
  %cst_3 = arith.constant 0x7FF8000000000000 : f64
  %cst_4 = arith.constant 0x7FF0000000000000 : f64
  %0 = math.isinf %arg0 : f64
  %1 = scf.if %0 -> (i1) {
    scf.yield %true : i1
  } else {
    %3 = math.isnan %arg0 : f64
    %4 = scf.if %3 -> (i1) {
      scf.yield %true : i1
    } else {
      %5 = math.isinf %arg1 : f64
      %6 = scf.if %5 -> (i1) {
        scf.yield %true : i1
      } else {
        %7 = math.isnan %arg1 : f64
        scf.yield %7 : i1
      }
      scf.yield %6 : i1
    }
    scf.yield %4 : i1
  }
  %2:2 = scf.if %1 -> (f64, f64) {
    %3:2 = scf.if %0 -> (f64, f64) {
      %4 = math.isinf %arg1 : f64
      %5 = scf.if %4 -> (i1) {
        scf.yield %true : i1
      } else {
        %7 = math.isnan %arg1 : f64
        scf.yield %7 : i1
      }
      %6:2 = scf.if %5 -> (f64, f64) {
        scf.yield %cst_4, %cst_3 : f64, f64
      } else {
        %7 = arith.cmpf oeq, %arg1, %cst_2 : f64
        %8:2 = scf.if %7 -> (f64, f64) {
          %9 = math.copysign %cst_2, %arg1 : f64
          %10 = math.copysign %cst_1, %arg0 : f64
          %11 = arith.mulf %9, %10 : f64
          scf.yield %cst_4, %11 : f64, f64
        } else {
          %9 = math.cos %arg1 : f64
          %10 = math.copysign %cst_4, %9 : f64
          %11 = math.sin %arg1 : f64
          %12 = math.copysign %cst_4, %11 : f64
          %13 = math.copysign %cst_1, %arg0 : f64
          %14 = arith.mulf %12, %13 : f64
          scf.yield %10, %14 : f64, f64
        }
        scf.yield %8#0, %8#1 : f64, f64
      }
      scf.yield %6#0, %6#1 : f64, f64
    } else {
      %4 = arith.cmpf oeq, %arg0, %cst_2 : f64
      %5 = scf.if %4 -> (i1) {
        %7 = math.isnan %arg0 : f64
        %8 = arith.xori %7, %true : i1
        scf.yield %8 : i1
      } else {
        scf.yield %false : i1
      }
      %6:2 = scf.if %5 -> (f64, f64) {
        scf.yield %cst_3, %cst_2 : f64, f64
      } else {
        %7 = math.isnan %arg0 : f64
        %8 = scf.if %7 -> (i1) {
          %11 = arith.cmpf oeq, %arg1, %cst_2 : f64
          scf.yield %11 : i1
        } else {
          scf.yield %false : i1
        }
        %9 = arith.select %8, %arg0, %cst_3 : f64
        %10 = arith.select %8, %arg1, %cst_3 : f64
        scf.yield %9, %10 : f64, f64
      }
      scf.yield %6#0, %6#1 : f64, f64
    }
    scf.yield %3#0, %3#1 : f64, f64
  } else {
    %3 = math.absf %arg0 : f64
    %4 = arith.cmpf ogt, %3, %cst : f64
    %5:2 = scf.if %4 -> (f64, f64) {
      %6 = math.copysign %cst_1, %arg0 : f64
      %7 = arith.subf %arg0, %6 : f64
      %8 = math.cos %arg1 : f64
      %9 = math.cosh %7 : f64
      %10 = arith.mulf %8, %9 : f64
      %11 = arith.mulf %10, %cst_0 : f64
      %12 = math.sin %arg1 : f64
      %13 = math.sinh %7 : f64
      %14 = arith.mulf %12, %13 : f64
      %15 = arith.mulf %14, %cst_0 : f64
      scf.yield %11, %15 : f64, f64
    } else {
      %6 = math.cos %arg1 : f64
      %7 = math.cosh %arg0 : f64
      %8 = arith.mulf %6, %7 : f64
      %9 = math.sin %arg1 : f64
      %10 = math.sinh %arg0 : f64
      %11 = arith.mulf %9, %10 : f64
      scf.yield %8, %11 : f64, f64
    }
    scf.yield %5#0, %5#1 : f64, f64
  }
  return %2#0, %2#1 : f64, f64
}
func.func @csinh(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %cst = arith.constant 709.08956571282408 : f64
  %false = arith.constant false
  %true = arith.constant true
  %cst_0 = arith.constant 2.7182818284590451 : f64
  %cst_1 = arith.constant 1.000000e+00 : f64
  %cst_2 = arith.constant 0x7FF0000000000000 : f64
  %cst_3 = arith.constant 0.000000e+00 : f64
  %cst_4 = arith.constant 0x7FF8000000000000 : f64
  %0 = math.isinf %arg0 : f64
  %1 = scf.if %0 -> (i1) {
    scf.yield %true : i1
  } else {
    %3 = math.isnan %arg0 : f64
    %4 = scf.if %3 -> (i1) {
      scf.yield %true : i1
    } else {
      %5 = math.isinf %arg1 : f64
      %6 = scf.if %5 -> (i1) {
        scf.yield %true : i1
      } else {
        %7 = math.isnan %arg1 : f64
        scf.yield %7 : i1
      }
      scf.yield %6 : i1
    }
    scf.yield %4 : i1
  }
  %2:2 = scf.if %1 -> (f64, f64) {
    %3:2 = scf.if %0 -> (f64, f64) {
      %4 = math.isinf %arg1 : f64
      %5 = scf.if %4 -> (i1) {
        scf.yield %true : i1
      } else {
        %7 = math.isnan %arg1 : f64
        scf.yield %7 : i1
      }
      %6:2 = scf.if %5 -> (f64, f64) {
        scf.yield %arg0, %cst_4 : f64, f64
      } else {
        %7 = arith.cmpf oeq, %arg1, %cst_3 : f64
        %8:2 = scf.if %7 -> (f64, f64) {
          scf.yield %arg0, %arg1 : f64, f64
        } else {
          %9 = math.cos %arg1 : f64
          %10 = math.copysign %cst_2, %9 : f64
          %11 = math.copysign %cst_1, %arg0 : f64
          %12 = arith.mulf %10, %11 : f64
          %13 = math.sin %arg1 : f64
          %14 = math.copysign %cst_2, %13 : f64
          scf.yield %12, %14 : f64, f64
        }
        scf.yield %8#0, %8#1 : f64, f64
      }
      scf.yield %6#0, %6#1 : f64, f64
    } else {
      %4 = arith.cmpf oeq, %arg0, %cst_3 : f64
      %5:2 = scf.if %4 -> (f64, f64) {
        scf.yield %arg0, %cst_4 : f64, f64
      } else {
        %6 = math.isnan %arg0 : f64
        %7 = scf.if %6 -> (i1) {
          %10 = arith.cmpf oeq, %arg1, %cst_3 : f64
          scf.yield %10 : i1
        } else {
          scf.yield %false : i1
        }
        %8 = arith.select %7, %arg0, %cst_4 : f64
        %9 = arith.select %7, %arg1, %cst_4 : f64
        scf.yield %8, %9 : f64, f64
      }
      scf.yield %5#0, %5#1 : f64, f64
    }
    scf.yield %3#0, %3#1 : f64, f64
  } else {
    %3 = math.absf %arg0 : f64
    %4 = arith.cmpf ogt, %3, %cst : f64
    %5:2 = scf.if %4 -> (f64, f64) {
      %6 = math.copysign %cst_1, %arg0 : f64
      %7 = arith.subf %arg0, %6 : f64
      %8 = math.cos %arg1 : f64
      %9 = math.sinh %7 : f64
      %10 = arith.mulf %8, %9 : f64
      %11 = arith.mulf %10, %cst_0 : f64
      %12 = math.sin %arg1 : f64
      %13 = math.cosh %7 : f64
      %14 = arith.mulf %12, %13 : f64
      %15 = arith.mulf %14, %cst_0 : f64
      scf.yield %11, %15 : f64, f64
    } else {
      %6 = math.cos %arg1 : f64
      %7 = math.sinh %arg0 : f64
      %8 = arith.mulf %6, %7 : f64
      %9 = math.sin %arg1 : f64
      %10 = math.cosh %arg0 : f64
      %11 = arith.mulf %9, %10 : f64
      scf.yield %8, %11 : f64, f64
    }
    scf.yield %5#0, %5#1 : f64, f64
  }
  return %2#0, %2#1 : f64, f64
}
func.func @ctanh(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %true = arith.constant true
  %cst = arith.constant -2.000000e+00 : f64
  %cst_0 = arith.constant 4.000000e+00 : f64
  %cst_1 = arith.constant 709.78271289338397 : f64
  %cst_2 = arith.constant 0x7FF8000000000000 : f64
  %cst_3 = arith.constant 2.000000e+00 : f64
  %cst_4 = arith.constant 0.000000e+00 : f64
  %cst_5 = arith.constant 1.000000e+00 : f64
  %0 = math.isinf %arg0 : f64
  %1 = scf.if %0 -> (i1) {
    scf.yield %true : i1
  } else {
    %3 = math.isnan %arg0 : f64
    %4 = scf.if %3 -> (i1) {
      scf.yield %true : i1
    } else {
      %5 = math.isinf %arg1 : f64
      %6 = scf.if %5 -> (i1) {
        scf.yield %true : i1
      } else {
        %7 = math.isnan %arg1 : f64
        scf.yield %7 : i1
      }
      scf.yield %6 : i1
    }
    scf.yield %4 : i1
  }
  %2:2 = scf.if %1 -> (f64, f64) {
    %3:2 = scf.if %0 -> (f64, f64) {
      %4 = math.isinf %arg1 : f64
      %5 = scf.if %4 -> (i1) {
        scf.yield %true : i1
      } else {
        %7 = math.isnan %arg1 : f64
        scf.yield %7 : i1
      }
      %6:2 = scf.if %5 -> (f64, f64) {
        %7 = math.copysign %cst_5, %arg0 : f64
        scf.yield %7, %cst_4 : f64, f64
      } else {
        %7 = math.copysign %cst_5, %arg0 : f64
        %8 = math.sin %arg1 : f64
        %9 = arith.mulf %8, %cst_3 : f64
        %10 = math.cos %arg1 : f64
        %11 = arith.mulf %9, %10 : f64
        %12 = math.copysign %cst_4, %11 : f64
        scf.yield %7, %12 : f64, f64
      }
      scf.yield %6#0, %6#1 : f64, f64
    } else {
      %4 = arith.cmpf oeq, %arg1, %cst_4 : f64
      %5 = arith.select %4, %arg1, %cst_2 : f64
      %6 = scf.if %4 -> (f64) {
        scf.yield %arg0 : f64
      } else {
        %7 = arith.cmpf oeq, %arg0, %cst_4 : f64
        %8 = arith.select %7, %arg0, %cst_2 : f64
        scf.yield %8 : f64
      }
      scf.yield %6, %5 : f64, f64
    }
    scf.yield %3#0, %3#1 : f64, f64
  } else {
    %3 = math.absf %arg0 : f64
    %4 = arith.cmpf ogt, %3, %cst_1 : f64
    %5:2 = scf.if %4 -> (f64, f64) {
      %6 = math.copysign %cst_5, %arg0 : f64
      %7 = math.sin %arg1 : f64
      %8 = arith.mulf %7, %cst_0 : f64
      %9 = math.cos %arg1 : f64
      %10 = arith.mulf %8, %9 : f64
      %11 = arith.mulf %3, %cst : f64
      %12 = math.exp %11 : f64
      %13 = arith.mulf %10, %12 : f64
      scf.yield %6, %13 : f64, f64
    } else {
      %6 = math.tanh %arg0 : f64
      %7 = math.tan %arg1 : f64
      %8 = math.cosh %arg0 : f64
      %9 = arith.divf %cst_5, %8 : f64
      %10 = arith.mulf %6, %7 : f64
      %11 = arith.mulf %10, %10 : f64
      %12 = arith.addf %11, %cst_5 : f64
      %13 = arith.mulf %7, %7 : f64
      %14 = arith.addf %13, %cst_5 : f64
      %15 = arith.mulf %6, %14 : f64
      %16 = arith.divf %15, %12 : f64
      %17 = arith.divf %7, %12 : f64
      %18 = arith.mulf %17, %9 : f64
      %19 = arith.mulf %18, %9 : f64
      scf.yield %16, %19 : f64, f64
    }
    scf.yield %5#0, %5#1 : f64, f64
  }
  return %2#0, %2#1 : f64, f64
}
func.func @ccos(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %cst = arith.constant 0x7FF0000000000000 : f64
  %cst_0 = arith.constant 0x7FF8000000000000 : f64
  %cst_1 = arith.constant 0.000000e+00 : f64
  %cst_2 = arith.constant 1.000000e+00 : f64
  %cst_3 = arith.constant 2.7182818284590451 : f64
  %true = arith.constant true
  %false = arith.constant false
  %cst_4 = arith.constant 709.08956571282408 : f64
  %0 = arith.negf %arg1 : f64
  %1 = math.isinf %0 : f64
  %2 = scf.if %1 -> (i1) {
    scf.yield %true : i1
  } else {
    %4 = math.isnan %0 : f64
    %5 = scf.if %4 -> (i1) {
      scf.yield %true : i1
    } else {
      %6 = math.isinf %arg0 : f64
      %7 = scf.if %6 -> (i1) {
        scf.yield %true : i1
      } else {
        %8 = math.isnan %arg0 : f64
        scf.yield %8 : i1
      }
      scf.yield %7 : i1
    }
    scf.yield %5 : i1
  }
  %3:2 = scf.if %2 -> (f64, f64) {
    %4:2 = scf.if %1 -> (f64, f64) {
      %5 = math.isinf %arg0 : f64
      %6 = scf.if %5 -> (i1) {
        scf.yield %true : i1
      } else {
        %8 = math.isnan %arg0 : f64
        scf.yield %8 : i1
      }
      %7:2 = scf.if %6 -> (f64, f64) {
        scf.yield %cst, %cst_0 : f64, f64
      } else {
        %8 = arith.cmpf oeq, %arg0, %cst_1 : f64
        %9:2 = scf.if %8 -> (f64, f64) {
          %10 = math.copysign %cst_1, %arg0 : f64
          %11 = math.copysign %cst_2, %0 : f64
          %12 = arith.mulf %10, %11 : f64
          scf.yield %cst, %12 : f64, f64
        } else {
          %10 = math.cos %arg0 : f64
          %11 = math.copysign %cst, %10 : f64
          %12 = math.sin %arg0 : f64
          %13 = math.copysign %cst, %12 : f64
          %14 = math.copysign %cst_2, %0 : f64
          %15 = arith.mulf %13, %14 : f64
          scf.yield %11, %15 : f64, f64
        }
        scf.yield %9#0, %9#1 : f64, f64
      }
      scf.yield %7#0, %7#1 : f64, f64
    } else {
      %5 = arith.cmpf oeq, %0, %cst_1 : f64
      %6 = scf.if %5 -> (i1) {
        %8 = math.isnan %0 : f64
        %9 = arith.xori %8, %true : i1
        scf.yield %9 : i1
      } else {
        scf.yield %false : i1
      }
      %7:2 = scf.if %6 -> (f64, f64) {
        scf.yield %cst_0, %cst_1 : f64, f64
      } else {
        %8 = math.isnan %0 : f64
        %9 = scf.if %8 -> (i1) {
          %12 = arith.cmpf oeq, %arg0, %cst_1 : f64
          scf.yield %12 : i1
        } else {
          scf.yield %false : i1
        }
        %10 = arith.select %9, %0, %cst_0 : f64
        %11 = arith.select %9, %arg0, %cst_0 : f64
        scf.yield %10, %11 : f64, f64
      }
      scf.yield %7#0, %7#1 : f64, f64
    }
    scf.yield %4#0, %4#1 : f64, f64
  } else {
    %4 = math.absf %0 : f64
    %5 = arith.cmpf ogt, %4, %cst_4 : f64
    %6:2 = scf.if %5 -> (f64, f64) {
      %7 = math.copysign %cst_2, %0 : f64
      %8 = arith.subf %0, %7 : f64
      %9 = math.cos %arg0 : f64
      %10 = math.cosh %8 : f64
      %11 = arith.mulf %9, %10 : f64
      %12 = arith.mulf %11, %cst_3 : f64
      %13 = math.sin %arg0 : f64
      %14 = math.sinh %8 : f64
      %15 = arith.mulf %13, %14 : f64
      %16 = arith.mulf %15, %cst_3 : f64
      scf.yield %12, %16 : f64, f64
    } else {
      %7 = math.cos %arg0 : f64
      %8 = math.cosh %0 : f64
      %9 = arith.mulf %7, %8 : f64
      %10 = math.sin %arg0 : f64
      %11 = math.sinh %arg1 : f64
      %12 = arith.mulf %10, %11 : f64
      %13 = arith.negf %12 : f64
      scf.yield %9, %13 : f64, f64
    }
    scf.yield %6#0, %6#1 : f64, f64
  }
  return %3#0, %3#1 : f64, f64
}
func.func @csin(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %cst = arith.constant 0x7FF8000000000000 : f64
  %cst_0 = arith.constant 0.000000e+00 : f64
  %cst_1 = arith.constant 0x7FF0000000000000 : f64
  %cst_2 = arith.constant 1.000000e+00 : f64
  %cst_3 = arith.constant 2.7182818284590451 : f64
  %true = arith.constant true
  %false = arith.constant false
  %cst_4 = arith.constant 709.08956571282408 : f64
  %0 = arith.negf %arg1 : f64
  %1 = math.isinf %0 : f64
  %2 = scf.if %1 -> (i1) {
    scf.yield %true : i1
  } else {
    %5 = math.isnan %0 : f64
    %6 = scf.if %5 -> (i1) {
      scf.yield %true : i1
    } else {
      %7 = math.isinf %arg0 : f64
      %8 = scf.if %7 -> (i1) {
        scf.yield %true : i1
      } else {
        %9 = math.isnan %arg0 : f64
        scf.yield %9 : i1
      }
      scf.yield %8 : i1
    }
    scf.yield %6 : i1
  }
  %3:2 = scf.if %2 -> (f64, f64) {
    %5:2 = scf.if %1 -> (f64, f64) {
      %6 = math.isinf %arg0 : f64
      %7 = scf.if %6 -> (i1) {
        scf.yield %true : i1
      } else {
        %9 = math.isnan %arg0 : f64
        scf.yield %9 : i1
      }
      %8:2 = scf.if %7 -> (f64, f64) {
        scf.yield %0, %cst : f64, f64
      } else {
        %9 = arith.cmpf oeq, %arg0, %cst_0 : f64
        %10:2 = scf.if %9 -> (f64, f64) {
          scf.yield %0, %arg0 : f64, f64
        } else {
          %11 = math.cos %arg0 : f64
          %12 = math.copysign %cst_1, %11 : f64
          %13 = math.copysign %cst_2, %0 : f64
          %14 = arith.mulf %12, %13 : f64
          %15 = math.sin %arg0 : f64
          %16 = math.copysign %cst_1, %15 : f64
          scf.yield %14, %16 : f64, f64
        }
        scf.yield %10#0, %10#1 : f64, f64
      }
      scf.yield %8#0, %8#1 : f64, f64
    } else {
      %6 = arith.cmpf oeq, %0, %cst_0 : f64
      %7:2 = scf.if %6 -> (f64, f64) {
        scf.yield %0, %cst : f64, f64
      } else {
        %8 = math.isnan %0 : f64
        %9 = scf.if %8 -> (i1) {
          %12 = arith.cmpf oeq, %arg0, %cst_0 : f64
          scf.yield %12 : i1
        } else {
          scf.yield %false : i1
        }
        %10 = arith.select %9, %0, %cst : f64
        %11 = arith.select %9, %arg0, %cst : f64
        scf.yield %10, %11 : f64, f64
      }
      scf.yield %7#0, %7#1 : f64, f64
    }
    scf.yield %5#0, %5#1 : f64, f64
  } else {
    %5 = math.absf %0 : f64
    %6 = arith.cmpf ogt, %5, %cst_4 : f64
    %7:2 = scf.if %6 -> (f64, f64) {
      %8 = math.copysign %cst_2, %0 : f64
      %9 = arith.subf %0, %8 : f64
      %10 = math.cos %arg0 : f64
      %11 = math.sinh %9 : f64
      %12 = arith.mulf %10, %11 : f64
      %13 = arith.mulf %12, %cst_3 : f64
      %14 = math.sin %arg0 : f64
      %15 = math.cosh %9 : f64
      %16 = arith.mulf %14, %15 : f64
      %17 = arith.mulf %16, %cst_3 : f64
      scf.yield %13, %17 : f64, f64
    } else {
      %8 = math.cos %arg0 : f64
      %9 = math.sinh %arg1 : f64
      %10 = arith.mulf %8, %9 : f64
      %11 = arith.negf %10 : f64
      %12 = math.sin %arg0 : f64
      %13 = math.cosh %0 : f64
      %14 = arith.mulf %12, %13 : f64
      scf.yield %11, %14 : f64, f64
    }
    scf.yield %7#0, %7#1 : f64, f64
  }
  %4 = arith.negf %3#0 : f64
  return %3#1, %4 : f64, f64
}
func.func @ctan(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %cst = arith.constant 1.000000e+00 : f64
  %cst_0 = arith.constant 0.000000e+00 : f64
  %cst_1 = arith.constant 2.000000e+00 : f64
  %cst_2 = arith.constant 0x7FF8000000000000 : f64
  %cst_3 = arith.constant 709.78271289338397 : f64
  %cst_4 = arith.constant 4.000000e+00 : f64
  %cst_5 = arith.constant -2.000000e+00 : f64
  %true = arith.constant true
  %0 = arith.negf %arg1 : f64
  %1 = math.isinf %0 : f64
  %2 = scf.if %1 -> (i1) {
    scf.yield %true : i1
  } else {
    %5 = math.isnan %0 : f64
    %6 = scf.if %5 -> (i1) {
      scf.yield %true : i1
    } else {
      %7 = math.isinf %arg0 : f64
      %8 = scf.if %7 -> (i1) {
        scf.yield %true : i1
      } else {
        %9 = math.isnan %arg0 : f64
        scf.yield %9 : i1
      }
      scf.yield %8 : i1
    }
    scf.yield %6 : i1
  }
  %3:2 = scf.if %2 -> (f64, f64) {
    %5:2 = scf.if %1 -> (f64, f64) {
      %6 = math.isinf %arg0 : f64
      %7 = scf.if %6 -> (i1) {
        scf.yield %true : i1
      } else {
        %9 = math.isnan %arg0 : f64
        scf.yield %9 : i1
      }
      %8:2 = scf.if %7 -> (f64, f64) {
        %9 = math.copysign %cst, %0 : f64
        scf.yield %9, %cst_0 : f64, f64
      } else {
        %9 = math.copysign %cst, %0 : f64
        %10 = math.sin %arg0 : f64
        %11 = arith.mulf %10, %cst_1 : f64
        %12 = math.cos %arg0 : f64
        %13 = arith.mulf %11, %12 : f64
        %14 = math.copysign %cst_0, %13 : f64
        scf.yield %9, %14 : f64, f64
      }
      scf.yield %8#0, %8#1 : f64, f64
    } else {
      %6 = arith.cmpf oeq, %arg0, %cst_0 : f64
      %7 = arith.select %6, %arg0, %cst_2 : f64
      %8 = scf.if %6 -> (f64) {
        scf.yield %0 : f64
      } else {
        %9 = arith.cmpf oeq, %0, %cst_0 : f64
        %10 = arith.select %9, %0, %cst_2 : f64
        scf.yield %10 : f64
      }
      scf.yield %8, %7 : f64, f64
    }
    scf.yield %5#0, %5#1 : f64, f64
  } else {
    %5 = math.absf %0 : f64
    %6 = arith.cmpf ogt, %5, %cst_3 : f64
    %7:2 = scf.if %6 -> (f64, f64) {
      %8 = math.copysign %cst, %0 : f64
      %9 = math.sin %arg0 : f64
      %10 = arith.mulf %9, %cst_4 : f64
      %11 = math.cos %arg0 : f64
      %12 = arith.mulf %10, %11 : f64
      %13 = arith.mulf %5, %cst_5 : f64
      %14 = math.exp %13 : f64
      %15 = arith.mulf %12, %14 : f64
      scf.yield %8, %15 : f64, f64
    } else {
      %8 = math.tanh %arg1 : f64
      %9 = math.tan %arg0 : f64
      %10 = math.cosh %0 : f64
      %11 = arith.divf %cst, %10 : f64
      %12 = arith.mulf %8, %9 : f64
      %13 = arith.mulf %12, %12 : f64
      %14 = arith.addf %13, %cst : f64
      %15 = arith.mulf %9, %9 : f64
      %16 = arith.addf %15, %cst : f64
      %17 = arith.mulf %8, %16 : f64
      %18 = arith.divf %17, %14 : f64
      %19 = arith.negf %18 : f64
      %20 = arith.divf %9, %14 : f64
      %21 = arith.mulf %20, %11 : f64
      %22 = arith.mulf %21, %11 : f64
      scf.yield %19, %22 : f64, f64
    }
    scf.yield %7#0, %7#1 : f64, f64
  }
  %4 = arith.negf %3#0 : f64
  return %3#1, %4 : f64, f64
}
func.func @cacos(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %cst = arith.constant 1.3862943611198906 : f64
  %true = arith.constant true
  %cst_0 = arith.constant 1.000000e+00 : f64
  %cst_1 = arith.constant 2.000000e+00 : f64
  %cst_2 = arith.constant 4.4942328371557893E+307 : f64
  %cst_3 = arith.constant 1.5707963267948966 : f64
  %cst_4 = arith.constant 0.000000e+00 : f64
  %cst_5 = arith.constant 0x7FF0000000000000 : f64
  %cst_6 = arith.constant 0x7FF8000000000000 : f64
  %0 = math.isnan %arg0 : f64
  %1 = scf.if %0 -> (i1) {
    scf.yield %true : i1
  } else {
    %3 = math.isnan %arg1 : f64
    scf.yield %3 : i1
  }
  %2:2 = scf.if %1 -> (f64, f64) {
    %3 = math.isinf %arg0 : f64
    %4:2 = scf.if %3 -> (f64, f64) {
      %5 = math.copysign %cst_5, %arg1 : f64
      %6 = arith.negf %5 : f64
      scf.yield %cst_6, %6 : f64, f64
    } else {
      %5 = math.isinf %arg1 : f64
      %6:2 = scf.if %5 -> (f64, f64) {
        %7 = arith.negf %arg1 : f64
        scf.yield %cst_6, %7 : f64, f64
      } else {
        %7 = arith.cmpf oeq, %arg0, %cst_4 : f64
        %8 = arith.select %7, %cst_3, %cst_6 : f64
        scf.yield %8, %cst_6 : f64, f64
      }
      scf.yield %6#0, %6#1 : f64, f64
    }
    scf.yield %4#0, %4#1 : f64, f64
  } else {
    %3 = math.absf %arg0 : f64
    %4 = arith.cmpf ogt, %3, %cst_2 : f64
    %5 = scf.if %4 -> (i1) {
      scf.yield %true : i1
    } else {
      %7 = math.absf %arg1 : f64
      %8 = arith.cmpf ogt, %7, %cst_2 : f64
      scf.yield %8 : i1
    }
    %6:2 = scf.if %5 -> (f64, f64) {
      %7 = math.absf %arg1 : f64
      %8 = math.atan2 %7, %arg0 : f64
      %9 = arith.divf %arg0, %cst_1 : f64
      %10 = arith.divf %arg1, %cst_1 : f64
      %11 = func.call @hypot(%9, %10) : (f64, f64) -> f64
      %12 = math.log %11 : f64
      %13 = arith.addf %12, %cst : f64
      %14 = math.copysign %13, %arg1 : f64
      %15 = arith.negf %14 : f64
      scf.yield %8, %15 : f64, f64
    } else {
      %7 = arith.subf %cst_0, %arg0 : f64
      %8 = arith.negf %arg1 : f64
      %9:2 = func.call @csqrt(%7, %8) : (f64, f64) -> (f64, f64)
      %10 = arith.addf %arg0, %cst_0 : f64
      %11:2 = func.call @csqrt(%10, %arg1) : (f64, f64) -> (f64, f64)
      %12 = math.atan2 %9#0, %11#0 : f64
      %13 = arith.mulf %12, %cst_1 : f64
      %14 = arith.mulf %11#0, %9#1 : f64
      %15 = arith.mulf %11#1, %9#0 : f64
      %16 = arith.subf %14, %15 : f64
      %17 = math.asinh %16 : f64
      scf.yield %13, %17 : f64, f64
    }
    scf.yield %6#0, %6#1 : f64, f64
  }
  return %2#0, %2#1 : f64, f64
}
func.func @cacosh(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %cst = arith.constant 1.3862943611198906 : f64
  %true = arith.constant true
  %cst_0 = arith.constant 1.000000e+00 : f64
  %cst_1 = arith.constant 2.000000e+00 : f64
  %cst_2 = arith.constant 4.4942328371557893E+307 : f64
  %cst_3 = arith.constant 1.5707963267948966 : f64
  %cst_4 = arith.constant 0.000000e+00 : f64
  %cst_5 = arith.constant 0x7FF8000000000000 : f64
  %cst_6 = arith.constant 0x7FF0000000000000 : f64
  %0 = math.isnan %arg0 : f64
  %1 = scf.if %0 -> (i1) {
    scf.yield %true : i1
  } else {
    %3 = math.isnan %arg1 : f64
    scf.yield %3 : i1
  }
  %2:2 = scf.if %1 -> (f64, f64) {
    %3 = math.isinf %arg0 : f64
    %4 = scf.if %3 -> (i1) {
      scf.yield %true : i1
    } else {
      %7 = math.isinf %arg1 : f64
      scf.yield %7 : i1
    }
    %5 = arith.select %4, %cst_6, %cst_5 : f64
    %6 = scf.if %4 -> (f64) {
      scf.yield %cst_5 : f64
    } else {
      %7 = arith.cmpf oeq, %arg0, %cst_4 : f64
      %8 = scf.if %7 -> (f64) {
        %9 = math.copysign %cst_3, %arg1 : f64
        scf.yield %9 : f64
      } else {
        scf.yield %cst_5 : f64
      }
      scf.yield %8 : f64
    }
    scf.yield %5, %6 : f64, f64
  } else {
    %3 = math.absf %arg0 : f64
    %4 = arith.cmpf ogt, %3, %cst_2 : f64
    %5 = scf.if %4 -> (i1) {
      scf.yield %true : i1
    } else {
      %7 = math.absf %arg1 : f64
      %8 = arith.cmpf ogt, %7, %cst_2 : f64
      scf.yield %8 : i1
    }
    %6:2 = scf.if %5 -> (f64, f64) {
      %7 = arith.divf %arg0, %cst_1 : f64
      %8 = arith.divf %arg1, %cst_1 : f64
      %9 = func.call @hypot(%7, %8) : (f64, f64) -> f64
      %10 = math.log %9 : f64
      %11 = arith.addf %10, %cst : f64
      %12 = math.atan2 %arg1, %arg0 : f64
      scf.yield %11, %12 : f64, f64
    } else {
      %7 = arith.subf %arg0, %cst_0 : f64
      %8:2 = func.call @csqrt(%7, %arg1) : (f64, f64) -> (f64, f64)
      %9 = arith.addf %arg0, %cst_0 : f64
      %10:2 = func.call @csqrt(%9, %arg1) : (f64, f64) -> (f64, f64)
      %11 = arith.mulf %8#0, %10#0 : f64
      %12 = arith.mulf %8#1, %10#1 : f64
      %13 = arith.addf %11, %12 : f64
      %14 = math.asinh %13 : f64
      %15 = math.atan2 %8#1, %10#0 : f64
      %16 = arith.mulf %15, %cst_1 : f64
      scf.yield %14, %16 : f64, f64
    }
    scf.yield %6#0, %6#1 : f64, f64
  }
  return %2#0, %2#1 : f64, f64
}
func.func @casinh(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %cst = arith.constant 1.3862943611198906 : f64
  %true = arith.constant true
  %cst_0 = arith.constant 1.000000e+00 : f64
  %cst_1 = arith.constant 2.000000e+00 : f64
  %cst_2 = arith.constant 4.4942328371557893E+307 : f64
  %cst_3 = arith.constant 0.000000e+00 : f64
  %cst_4 = arith.constant 0x7FF0000000000000 : f64
  %cst_5 = arith.constant 0x7FF8000000000000 : f64
  %0 = math.isnan %arg0 : f64
  %1 = scf.if %0 -> (i1) {
    scf.yield %true : i1
  } else {
    %3 = math.isnan %arg1 : f64
    scf.yield %3 : i1
  }
  %2:2 = scf.if %1 -> (f64, f64) {
    %3 = math.isinf %arg0 : f64
    %4:2 = scf.if %3 -> (f64, f64) {
      scf.yield %arg0, %cst_5 : f64, f64
    } else {
      %5 = math.isinf %arg1 : f64
      %6:2 = scf.if %5 -> (f64, f64) {
        %7 = math.copysign %cst_4, %arg0 : f64
        scf.yield %7, %cst_5 : f64, f64
      } else {
        %7 = arith.cmpf oeq, %arg1, %cst_3 : f64
        %8 = arith.select %7, %arg0, %cst_5 : f64
        %9 = arith.select %7, %arg1, %cst_5 : f64
        scf.yield %8, %9 : f64, f64
      }
      scf.yield %6#0, %6#1 : f64, f64
    }
    scf.yield %4#0, %4#1 : f64, f64
  } else {
    %3 = math.absf %arg0 : f64
    %4 = arith.cmpf ogt, %3, %cst_2 : f64
    %5 = scf.if %4 -> (i1) {
      scf.yield %true : i1
    } else {
      %7 = math.absf %arg1 : f64
      %8 = arith.cmpf ogt, %7, %cst_2 : f64
      scf.yield %8 : i1
    }
    %6:2 = scf.if %5 -> (f64, f64) {
      %7 = arith.divf %arg0, %cst_1 : f64
      %8 = arith.divf %arg1, %cst_1 : f64
      %9 = func.call @hypot(%7, %8) : (f64, f64) -> f64
      %10 = math.log %9 : f64
      %11 = arith.addf %10, %cst : f64
      %12 = math.copysign %11, %arg0 : f64
      %13 = math.atan2 %arg1, %3 : f64
      scf.yield %12, %13 : f64, f64
    } else {
      %7 = arith.addf %arg1, %cst_0 : f64
      %8 = arith.negf %arg0 : f64
      %9:2 = func.call @csqrt(%7, %8) : (f64, f64) -> (f64, f64)
      %10 = arith.subf %cst_0, %arg1 : f64
      %11:2 = func.call @csqrt(%10, %arg0) : (f64, f64) -> (f64, f64)
      %12 = arith.mulf %9#0, %11#1 : f64
      %13 = arith.mulf %11#0, %9#1 : f64
      %14 = arith.subf %12, %13 : f64
      %15 = math.asinh %14 : f64
      %16 = arith.mulf %9#0, %11#0 : f64
      %17 = arith.mulf %9#1, %11#1 : f64
      %18 = arith.subf %16, %17 : f64
      %19 = math.atan2 %arg1, %18 : f64
      scf.yield %15, %19 : f64, f64
    }
    scf.yield %6#0, %6#1 : f64, f64
  }
  return %2#0, %2#1 : f64, f64
}
func.func @casin(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %0 = arith.negf %arg1 : f64
  %1:2 = call @casinh(%0, %arg0) : (f64, f64) -> (f64, f64)
  %2 = arith.negf %1#0 : f64
  return %1#1, %2 : f64, f64
}
func.func @catanh(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %false = arith.constant false
  %true = arith.constant true
  %cst = arith.constant -2.000000e+00 : f64
  %cst_0 = arith.constant 0x7FF0000000000000 : f64
  %cst_1 = arith.constant 1.4916681462400413E-154 : f64
  %cst_2 = arith.constant 4.000000e+00 : f64
  %cst_3 = arith.constant 2.000000e+00 : f64
  %cst_4 = arith.constant 6.7039039649712978E+153 : f64
  %cst_5 = arith.constant 1.000000e+00 : f64
  %cst_6 = arith.constant 1.5707963267948966 : f64
  %cst_7 = arith.constant 0x7FF8000000000000 : f64
  %cst_8 = arith.constant 0.000000e+00 : f64
  %0 = math.isnan %arg0 : f64
  %1 = scf.if %0 -> (i1) {
    scf.yield %true : i1
  } else {
    %3 = math.isnan %arg1 : f64
    scf.yield %3 : i1
  }
  %2:2 = scf.if %1 -> (f64, f64) {
    %3 = math.isinf %arg0 : f64
    %4:2 = scf.if %3 -> (f64, f64) {
      %5 = math.copysign %cst_8, %arg0 : f64
      scf.yield %5, %cst_7 : f64, f64
    } else {
      %5 = math.isinf %arg1 : f64
      %6:2 = scf.if %5 -> (f64, f64) {
        %7 = math.copysign %cst_8, %arg0 : f64
        %8 = math.copysign %cst_6, %arg1 : f64
        scf.yield %7, %8 : f64, f64
      } else {
        %7 = arith.cmpf oeq, %arg0, %cst_8 : f64
        %8 = arith.select %7, %arg0, %cst_7 : f64
        scf.yield %8, %cst_7 : f64, f64
      }
      scf.yield %6#0, %6#1 : f64, f64
    }
    scf.yield %4#0, %4#1 : f64, f64
  } else {
    %3 = math.isinf %arg0 : f64
    %4 = scf.if %3 -> (i1) {
      scf.yield %true : i1
    } else {
      %6 = math.isinf %arg1 : f64
      scf.yield %6 : i1
    }
    %5:2 = scf.if %4 -> (f64, f64) {
      %6 = math.copysign %cst_8, %arg0 : f64
      %7 = math.copysign %cst_6, %arg1 : f64
      scf.yield %6, %7 : f64, f64
    } else {
      %6 = math.copysign %cst_5, %arg0 : f64
      %7 = math.absf %arg0 : f64
      %8 = arith.mulf %6, %arg1 : f64
      %9 = math.absf %8 : f64
      %10 = arith.cmpf ogt, %7, %cst_4 : f64
      %11 = scf.if %10 -> (i1) {
        scf.yield %true : i1
      } else {
        %13 = arith.cmpf ogt, %9, %cst_4 : f64
        scf.yield %13 : i1
      }
      %12:2 = scf.if %11 -> (f64, f64) {
        %13 = arith.divf %7, %cst_3 : f64
        %14 = arith.divf %8, %cst_3 : f64
        %15 = func.call @hypot(%13, %14) : (f64, f64) -> f64
        %16 = arith.divf %7, %cst_2 : f64
        %17 = arith.divf %16, %15 : f64
        %18 = arith.divf %17, %15 : f64
        %19 = arith.mulf %6, %18 : f64
        %20 = math.copysign %cst_6, %8 : f64
        %21 = arith.mulf %6, %20 : f64
        scf.yield %19, %21 : f64, f64
      } else {
        %13 = arith.cmpf oeq, %7, %cst_5 : f64
        %14 = scf.if %13 -> (i1) {
          %16 = arith.cmpf olt, %9, %cst_1 : f64
          scf.yield %16 : i1
        } else {
          scf.yield %false : i1
        }
        %15:2 = scf.if %14 -> (f64, f64) {
          %16 = arith.cmpf oeq, %9, %cst_8 : f64
          %17:2 = scf.if %16 -> (f64, f64) {
            %18 = arith.mulf %6, %cst_0 : f64
            %19 = arith.mulf %6, %8 : f64
            scf.yield %18, %19 : f64, f64
          } else {
            %18 = math.sqrt %9 : f64
            %19 = func.call @hypot(%9, %cst_3) : (f64, f64) -> f64
            %20 = math.sqrt %19 : f64
            %21 = arith.divf %18, %20 : f64
            %22 = math.log %21 : f64
            %23 = arith.mulf %6, %22 : f64
            %24 = arith.negf %23 : f64
            %25 = arith.negf %9 : f64
            %26 = math.atan2 %cst_3, %25 : f64
            %27 = arith.divf %26, %cst_3 : f64
            %28 = math.copysign %27, %8 : f64
            %29 = arith.mulf %6, %28 : f64
            scf.yield %24, %29 : f64, f64
          }
          scf.yield %17#0, %17#1 : f64, f64
        } else {
          %16 = arith.mulf %7, %cst_2 : f64
          %17 = arith.subf %cst_5, %7 : f64
          %18 = arith.mulf %17, %17 : f64
          %19 = arith.mulf %9, %9 : f64
          %20 = arith.addf %18, %19 : f64
          %21 = arith.divf %16, %20 : f64
          %22 = math.log1p %21 : f64
          %23 = arith.divf %22, %cst_2 : f64
          %24 = arith.mulf %8, %cst : f64
          %25 = arith.addf %7, %cst_5 : f64
          %26 = arith.mulf %17, %25 : f64
          %27 = arith.subf %26, %19 : f64
          %28 = math.atan2 %24, %27 : f64
          %29 = arith.divf %28, %cst_3 : f64
          %30 = arith.mulf %6, %23 : f64
          %31 = arith.mulf %6, %29 : f64
          %32 = arith.negf %31 : f64
          scf.yield %30, %32 : f64, f64
        }
        scf.yield %15#0, %15#1 : f64, f64
      }
      scf.yield %12#0, %12#1 : f64, f64
    }
    scf.yield %5#0, %5#1 : f64, f64
  }
  return %2#0, %2#1 : f64, f64
}
func.func @catan(%arg0: f64, %arg1: f64) -> (f64, f64) {
  %0 = arith.negf %arg1 : f64
  %1:2 = call @catanh(%0, %arg0) : (f64, f64) -> (f64, f64)
  %2 = arith.negf %1#0 : f64
  return %1#1, %2 : f64, f64
}
func.func @zouk_pow_c128(%arg0: f64, %arg1: f64, %arg2: f64, %arg3: f64) -> (f64, f64) {
  %cst = arith.constant 0x7FF0000000000000 : f64
  %cst_0 = arith.constant 2.7182818284590451 : f64
  %cst_1 = arith.constant 709.08956571282408 : f64
  %false = arith.constant false
  %true = arith.constant true
  %cst_2 = arith.constant 9.2233720368547758E+18 : f64
  %cst_3 = arith.constant -9.2233720368547758E+18 : f64
  %c1_i64 = arith.constant 1 : i64
  %c0_i64 = arith.constant 0 : i64
  %cst_4 = arith.constant 1.000000e+02 : f64
  %cst_5 = arith.constant 0x7FF8000000000000 : f64
  %cst_6 = arith.constant 1.000000e+00 : f64
  %cst_7 = arith.constant 0.000000e+00 : f64
  %0 = arith.cmpf oeq, %arg2, %cst_7 : f64
  %1 = scf.if %0 -> (i1) {
    %3 = arith.cmpf oeq, %arg3, %cst_7 : f64
    scf.yield %3 : i1
  } else {
    scf.yield %false : i1
  }
  %2:2 = scf.if %1 -> (f64, f64) {
    scf.yield %cst_6, %cst_7 : f64, f64
  } else {
    %3 = arith.cmpf oeq, %arg0, %cst_7 : f64
    %4 = scf.if %3 -> (i1) {
      %6 = arith.cmpf oeq, %arg1, %cst_7 : f64
      scf.yield %6 : i1
    } else {
      scf.yield %false : i1
    }
    %5:2 = scf.if %4 -> (f64, f64) {
      %6 = arith.cmpf ogt, %arg2, %cst_7 : f64
      %7 = arith.select %6, %cst_7, %cst_5 : f64
      scf.yield %7, %7 : f64, f64
    } else {
      %6 = arith.cmpf oeq, %arg3, %cst_7 : f64
      %7 = scf.if %6 -> (i1) {
        %9 = math.floor %arg2 : f64
        %10 = arith.cmpf oeq, %9, %arg2 : f64
        %11 = scf.if %10 -> (i1) {
          %12 = math.absf %arg2 : f64
          %13 = arith.cmpf olt, %12, %cst_4 : f64
          scf.yield %13 : i1
        } else {
          scf.yield %false : i1
        }
        scf.yield %11 : i1
      } else {
        scf.yield %false : i1
      }
      %8:2 = scf.if %7 -> (f64, f64) {
        %9 = math.absf %arg2 : f64
        %10 = math.absf %9 : f64
        %11 = arith.cmpf olt, %10, %cst_2 : f64
        %12 = arith.cmpf oeq, %9, %cst_3 : f64
        %13 = math.isnan %9 : f64
        %14 = math.isinf %9 : f64
        scf.if %11 {
        } else {
          %19 = arith.xori %13, %true : i1
          rt.check %19, "ValueError" "cannot convert float NaN to integer"
          %20 = arith.xori %14, %true : i1
          rt.check %20, "OverflowError" "cannot convert float infinity to integer"
          rt.check %12, "OverflowError" "float too large to convert to int64"
        }
        %15 = arith.select %11, %9, %cst_3 : f64
        %16 = arith.fptosi %15 : f64 to i64
        %17 = arith.cmpf oeq, %arg2, %cst_6 : f64
        %18:2 = scf.if %17 -> (f64, f64) {
          scf.yield %arg0, %arg1 : f64, f64
        } else {
          %19:5 = scf.while (%arg4 = %16, %arg5 = %cst_6, %arg6 = %cst_7, %arg7 = %arg0, %arg8 = %arg1) : (i64, f64, f64, f64, f64) -> (i64, f64, f64, f64, f64) {
            %22 = arith.cmpi ne, %arg4, %c0_i64 : i64
            scf.condition(%22) %arg4, %arg5, %arg6, %arg7, %arg8 : i64, f64, f64, f64, f64
          } do {
          ^bb0(%arg4: i64, %arg5: f64, %arg6: f64, %arg7: f64, %arg8: f64):
            %22 = arith.andi %arg4, %c1_i64 : i64
            %23 = arith.cmpi eq, %22, %c1_i64 : i64
            %24:2 = scf.if %23 -> (f64, f64) {
              %31 = arith.mulf %arg5, %arg7 : f64
              %32 = arith.mulf %arg6, %arg8 : f64
              %33 = arith.subf %31, %32 : f64
              %34 = arith.mulf %arg5, %arg8 : f64
              %35 = arith.mulf %arg6, %arg7 : f64
              %36 = arith.addf %34, %35 : f64
              scf.yield %33, %36 : f64, f64
            } else {
              scf.yield %arg5, %arg6 : f64, f64
            }
            %25 = arith.shrsi %arg4, %c1_i64 : i64
            %26 = arith.mulf %arg7, %arg7 : f64
            %27 = arith.mulf %arg8, %arg8 : f64
            %28 = arith.subf %26, %27 : f64
            %29 = arith.mulf %arg7, %arg8 : f64
            %30 = arith.addf %29, %29 : f64
            scf.yield %25, %24#0, %24#1, %28, %30 : i64, f64, f64, f64, f64
          }
          %20 = arith.cmpf olt, %arg2, %cst_7 : f64
          %21:2 = scf.if %20 -> (f64, f64) {
            %22 = math.absf %19#1 : f64
            %23 = math.absf %19#2 : f64
            %24 = arith.cmpf oge, %22, %23 : f64
            %25:2 = scf.if %24 -> (f64, f64) {
              %26 = arith.cmpf oeq, %19#1, %cst_7 : f64
              %27 = scf.if %26 -> (i1) {
                %29 = arith.cmpf oeq, %19#2, %cst_7 : f64
                scf.yield %29 : i1
              } else {
                scf.yield %false : i1
              }
              %28:2 = scf.if %27 -> (f64, f64) {
                %29 = arith.divf %cst_6, %22 : f64
                %30 = arith.divf %cst_7, %22 : f64
                scf.yield %29, %30 : f64, f64
              } else {
                %29 = arith.divf %19#2, %19#1 : f64
                %30 = arith.mulf %19#2, %29 : f64
                %31 = arith.addf %19#1, %30 : f64
                %32 = arith.divf %cst_6, %31 : f64
                %33 = arith.mulf %29, %cst_7 : f64
                %34 = arith.addf %33, %cst_6 : f64
                %35 = arith.mulf %34, %32 : f64
                %36 = arith.subf %cst_7, %29 : f64
                %37 = arith.mulf %36, %32 : f64
                scf.yield %35, %37 : f64, f64
              }
              scf.yield %28#0, %28#1 : f64, f64
            } else {
              %26 = arith.divf %19#1, %19#2 : f64
              %27 = arith.mulf %19#1, %26 : f64
              %28 = arith.addf %19#2, %27 : f64
              %29 = arith.divf %cst_6, %28 : f64
              %30 = arith.addf %26, %cst_7 : f64
              %31 = arith.mulf %30, %29 : f64
              %32 = arith.mulf %26, %cst_7 : f64
              %33 = arith.subf %32, %cst_6 : f64
              %34 = arith.mulf %33, %29 : f64
              scf.yield %31, %34 : f64, f64
            }
            scf.yield %25#0, %25#1 : f64, f64
          } else {
            scf.yield %19#1, %19#2 : f64, f64
          }
          scf.yield %21#0, %21#1 : f64, f64
        }
        scf.yield %18#0, %18#1 : f64, f64
      } else {
        %9:2 = func.call @clog(%arg0, %arg1) : (f64, f64) -> (f64, f64)
        %10 = arith.mulf %9#0, %arg2 : f64
        %11 = arith.mulf %9#1, %arg3 : f64
        %12 = arith.subf %10, %11 : f64
        %13 = arith.mulf %9#0, %arg3 : f64
        %14 = arith.mulf %9#1, %arg2 : f64
        %15 = arith.addf %13, %14 : f64
        %16 = arith.cmpf oeq, %15, %cst_7 : f64
        %17:2 = scf.if %16 -> (f64, f64) {
          %18 = math.exp %12 : f64
          scf.yield %18, %15 : f64, f64
        } else {
          %18 = math.isinf %12 : f64
          %19:2 = scf.if %18 -> (f64, f64) {
            %20 = arith.cmpf olt, %12, %cst_7 : f64
            %21:2 = scf.if %20 -> (f64, f64) {
              %22 = math.isinf %15 : f64
              %23 = scf.if %22 -> (i1) {
                scf.yield %true : i1
              } else {
                %25 = math.isnan %15 : f64
                scf.yield %25 : i1
              }
              %24:2 = scf.if %23 -> (f64, f64) {
                %25 = math.copysign %cst_7, %15 : f64
                scf.yield %cst_7, %25 : f64, f64
              } else {
                %25 = math.cos %15 : f64
                %26 = arith.mulf %25, %cst_7 : f64
                %27 = math.sin %15 : f64
                %28 = arith.mulf %27, %cst_7 : f64
                scf.yield %26, %28 : f64, f64
              }
              scf.yield %24#0, %24#1 : f64, f64
            } else {
              %22 = math.isinf %15 : f64
              %23 = scf.if %22 -> (i1) {
                scf.yield %true : i1
              } else {
                %25 = math.isnan %15 : f64
                scf.yield %25 : i1
              }
              %24:2 = scf.if %23 -> (f64, f64) {
                scf.yield %cst, %cst_5 : f64, f64
              } else {
                %25 = math.cos %15 : f64
                %26 = math.copysign %cst, %25 : f64
                %27 = math.sin %15 : f64
                %28 = math.copysign %cst, %27 : f64
                scf.yield %26, %28 : f64, f64
              }
              scf.yield %24#0, %24#1 : f64, f64
            }
            scf.yield %21#0, %21#1 : f64, f64
          } else {
            %20 = math.isinf %15 : f64
            %21 = scf.if %20 -> (i1) {
              scf.yield %true : i1
            } else {
              %23 = math.isnan %15 : f64
              %24 = scf.if %23 -> (i1) {
                scf.yield %true : i1
              } else {
                %25 = math.isnan %12 : f64
                scf.yield %25 : i1
              }
              scf.yield %24 : i1
            }
            %22:2 = scf.if %21 -> (f64, f64) {
              scf.yield %cst_5, %cst_5 : f64, f64
            } else {
              %23 = arith.cmpf ogt, %12, %cst_1 : f64
              %24:2 = scf.if %23 -> (f64, f64) {
                %25 = arith.subf %12, %cst_6 : f64
                %26 = math.exp %25 : f64
                %27 = math.cos %15 : f64
                %28 = arith.mulf %26, %27 : f64
                %29 = arith.mulf %28, %cst_0 : f64
                %30 = math.sin %15 : f64
                %31 = arith.mulf %26, %30 : f64
                %32 = arith.mulf %31, %cst_0 : f64
                scf.yield %29, %32 : f64, f64
              } else {
                %25 = math.exp %12 : f64
                %26 = math.cos %15 : f64
                %27 = arith.mulf %25, %26 : f64
                %28 = math.sin %15 : f64
                %29 = arith.mulf %25, %28 : f64
                scf.yield %27, %29 : f64, f64
              }
              scf.yield %24#0, %24#1 : f64, f64
            }
            scf.yield %22#0, %22#1 : f64, f64
          }
          scf.yield %19#0, %19#1 : f64, f64
        }
        scf.yield %17#0, %17#1 : f64, f64
      }
      scf.yield %8#0, %8#1 : f64, f64
    }
    scf.yield %5#0, %5#1 : f64, f64
  }
  return %2#0, %2#1 : f64, f64
}
