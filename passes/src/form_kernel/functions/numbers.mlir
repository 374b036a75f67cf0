// Made of numbers.py by lit-tests/gpu/device_functions.py.
func.func @zouk_mod_f64(%arg0: f64, %arg1: f64) -> f64 {
  %cst = arith.constant 0.000000e+00 : f64
  %0 = arith.remf %arg0, %arg1 : f64
  %1 = arith.cmpf oeq, %0, %cst : f64
  %2 = scf.if %1 -> (f64) {
    %3 = math.copysign %cst, %arg1 : f64
    scf.yield %3 : f64
  } else {
    %3 = arith.cmpf olt, %0, %cst : f64
    %4 = arith.cmpf olt, %arg1, %cst : f64
    %5 = arith.cmpi ne, %3, %4 : i1
    %6 = scf.if %5 -> (f64) {
      %7 = arith.addf %0, %arg1 : f64
      scf.yield %7 : f64
    } else {
      scf.yield %0 : f64
    }
    scf.yield %6 : f64
  }
  return %2 : f64
}
func.func @zouk_mod_f32(%arg0: f32, %arg1: f32) -> f32 {
  %cst = arith.constant 0.000000e+00 : f32
  %0 = arith.remf %arg0, %arg1 : f32
  %1 = arith.cmpf oeq, %0, %cst : f32
  %2 = scf.if %1 -> (f32) {
    %3 = math.copysign %cst, %arg1 : f32
    scf.yield %3 : f32
  } else {
    %3 = arith.cmpf olt, %0, %cst : f32
    %4 = arith.cmpf olt, %arg1, %cst : f32
    %5 = arith.cmpi ne, %3, %4 : i1
    %6 = scf.if %5 -> (f32) {
      %7 = arith.addf %0, %arg1 : f32
      scf.yield %7 : f32
    } else {
      scf.yield %0 : f32
    }
    scf.yield %6 : f32
  }
  return %2 : f32
}
func.func @zouk_floordiv_f64(%arg0: f64, %arg1: f64) -> f64 {
  %false = arith.constant false
  %cst = arith.constant 5.000000e-01 : f64
  %cst_0 = arith.constant 1.000000e+00 : f64
  %cst_1 = arith.constant 0.000000e+00 : f64
  %0 = arith.cmpf oeq, %arg1, %cst_1 : f64
  %1 = scf.if %0 -> (f64) {
    %2 = arith.divf %arg0, %arg1 : f64
    scf.yield %2 : f64
  } else {
    %2 = arith.remf %arg0, %arg1 : f64
    %3 = arith.subf %arg0, %2 : f64
    %4 = arith.divf %3, %arg1 : f64
    %5 = arith.cmpf une, %2, %cst_1 : f64
    %6 = scf.if %5 -> (i1) {
      %10 = arith.cmpf olt, %2, %cst_1 : f64
      %11 = arith.cmpf olt, %arg1, %cst_1 : f64
      %12 = arith.cmpi ne, %10, %11 : i1
      scf.yield %12 : i1
    } else {
      scf.yield %false : i1
    }
    %7 = scf.if %6 -> (f64) {
      %10 = arith.subf %4, %cst_0 : f64
      scf.yield %10 : f64
    } else {
      scf.yield %4 : f64
    }
    %8 = arith.cmpf oeq, %7, %cst_1 : f64
    %9 = scf.if %8 -> (f64) {
      %10 = arith.divf %arg0, %arg1 : f64
      %11 = math.copysign %cst_1, %10 : f64
      scf.yield %11 : f64
    } else {
      %10 = math.floor %7 : f64
      %11 = arith.subf %7, %10 : f64
      %12 = arith.cmpf ogt, %11, %cst : f64
      %13 = scf.if %12 -> (f64) {
        %14 = arith.addf %10, %cst_0 : f64
        scf.yield %14 : f64
      } else {
        scf.yield %10 : f64
      }
      scf.yield %13 : f64
    }
    scf.yield %9 : f64
  }
  return %1 : f64
}
func.func @zouk_floordiv_f32(%arg0: f32, %arg1: f32) -> f32 {
  %cst = arith.constant 5.000000e-01 : f32
  %cst_0 = arith.constant 1.000000e+00 : f32
  %false = arith.constant false
  %cst_1 = arith.constant 0.000000e+00 : f32
  %0 = arith.cmpf oeq, %arg1, %cst_1 : f32
  %1 = scf.if %0 -> (f32) {
    %2 = arith.divf %arg0, %arg1 : f32
    scf.yield %2 : f32
  } else {
    %2 = arith.remf %arg0, %arg1 : f32
    %3 = arith.subf %arg0, %2 : f32
    %4 = arith.divf %3, %arg1 : f32
    %5 = arith.cmpf une, %2, %cst_1 : f32
    %6 = scf.if %5 -> (i1) {
      %10 = arith.cmpf olt, %2, %cst_1 : f32
      %11 = arith.cmpf olt, %arg1, %cst_1 : f32
      %12 = arith.cmpi ne, %10, %11 : i1
      scf.yield %12 : i1
    } else {
      scf.yield %false : i1
    }
    %7 = scf.if %6 -> (f32) {
      %10 = arith.subf %4, %cst_0 : f32
      scf.yield %10 : f32
    } else {
      scf.yield %4 : f32
    }
    %8 = arith.cmpf oeq, %7, %cst_1 : f32
    %9 = scf.if %8 -> (f32) {
      %10 = arith.divf %arg0, %arg1 : f32
      %11 = math.copysign %cst_1, %10 : f32
      scf.yield %11 : f32
    } else {
      %10 = math.floor %7 : f32
      %11 = arith.subf %7, %10 : f32
      %12 = arith.cmpf ogt, %11, %cst : f32
      %13 = scf.if %12 -> (f32) {
        %14 = arith.addf %10, %cst_0 : f32
        scf.yield %14 : f32
      } else {
        scf.yield %10 : f32
      }
      scf.yield %13 : f32
    }
    scf.yield %9 : f32
  }
  return %1 : f32
}
func.func @zouk_pow_u64(%arg0: i64, %arg1: i64) -> i64 {
  %c0_i64 = arith.constant 0 : i64
  %c1_i64 = arith.constant 1 : i64
  %0:3 = scf.while (%arg2 = %arg0, %arg3 = %arg1, %arg4 = %c1_i64) : (i64, i64, i64) -> (i64, i64, i64) {
    %1 = arith.cmpi ne, %arg3, %c0_i64 : i64
    scf.condition(%1) %arg2, %arg3, %arg4 : i64, i64, i64
  } do {
  ^bb0(%arg2: i64, %arg3: i64, %arg4: i64):
    %1 = arith.andi %arg3, %c1_i64 : i64
    %2 = arith.cmpi eq, %1, %c1_i64 : i64
    %3 = scf.if %2 -> (i64) {
      %6 = arith.muli %arg4, %arg2 : i64
      scf.yield %6 : i64
    } else {
      scf.yield %arg4 : i64
    }
    %4 = arith.muli %arg2, %arg2 : i64
    %5 = arith.shrui %arg3, %c1_i64 : i64
    scf.yield %4, %5, %3 : i64, i64, i64
  }
  return %0#2 : i64
}
func.func @zouk_pow_i64(%arg0: i64, %arg1: i64) -> i64 {
  %c2_i64 = arith.constant 2 : i64
  %c-1_i64 = arith.constant -1 : i64
  %c1_i64 = arith.constant 1 : i64
  %c0_i64 = arith.constant 0 : i64
  %0 = arith.cmpi slt, %arg1, %c0_i64 : i64
  %1 = scf.if %0 -> (i64) {
    %2 = arith.cmpi eq, %arg0, %c1_i64 : i64
    %3 = scf.if %2 -> (i64) {
      scf.yield %c1_i64 : i64
    } else {
      %4 = arith.cmpi eq, %arg0, %c-1_i64 : i64
      %5 = scf.if %4 -> (i64) {
        %6 = arith.andi %arg1, %c1_i64 : i64
        %7 = arith.muli %6, %c2_i64 : i64
        %8 = arith.subi %c1_i64, %7 : i64
        scf.yield %8 : i64
      } else {
        scf.yield %c0_i64 : i64
      }
      scf.yield %5 : i64
    }
    scf.yield %3 : i64
  } else {
    %2:3 = scf.while (%arg2 = %arg0, %arg3 = %arg1, %arg4 = %c1_i64) : (i64, i64, i64) -> (i64, i64, i64) {
      %3 = arith.cmpi ne, %arg3, %c0_i64 : i64
      scf.condition(%3) %arg2, %arg3, %arg4 : i64, i64, i64
    } do {
    ^bb0(%arg2: i64, %arg3: i64, %arg4: i64):
      %3 = arith.andi %arg3, %c1_i64 : i64
      %4 = arith.cmpi eq, %3, %c1_i64 : i64
      %5 = scf.if %4 -> (i64) {
        %8 = arith.muli %arg4, %arg2 : i64
        scf.yield %8 : i64
      } else {
        scf.yield %arg4 : i64
      }
      %6 = arith.muli %arg2, %arg2 : i64
      %7 = arith.shrsi %arg3, %c1_i64 : i64
      scf.yield %6, %7, %5 : i64, i64, i64
    }
    scf.yield %2#2 : i64
  }
  return %1 : i64
}
func.func @zouk_gcd_i64(%arg0: i64, %arg1: i64) -> i64 {
  %c0_i64 = arith.constant 0 : i64
  %0 = math.absi %arg0 : i64
  %1 = math.absi %arg1 : i64
  %2:2 = scf.while (%arg2 = %0, %arg3 = %1) : (i64, i64) -> (i64, i64) {
    %3 = arith.cmpi ne, %arg3, %c0_i64 : i64
    scf.condition(%3) %arg2, %arg3 : i64, i64
  } do {
  ^bb0(%arg2: i64, %arg3: i64):
    %3 = arith.remui %arg2, %arg3 : i64
    scf.yield %arg3, %3 : i64, i64
  }
  return %2#0 : i64
}
func.func @zouk_pow_mod(%arg0: i64, %arg1: i64, %arg2: i64) -> i64 {
  %false = arith.constant false
  %c1_i64 = arith.constant 1 : i64
  %c0_i64 = arith.constant 0 : i64
  %0 = arith.cmpi eq, %arg2, %c0_i64 : i64
  cf.cond_br %0, ^bb2(%c0_i64 : i64), ^bb1
^bb1:  // pred: ^bb0
  %1 = math.absi %arg2 : i64
  %2 = math.absi %arg0 : i64
  %3 = arith.cmpi eq, %1, %c0_i64 : i64
  %4 = arith.select %3, %c1_i64, %1 : i64
  %5 = arith.remui %2, %4 : i64
  %6 = arith.select %3, %c0_i64, %5 : i64
  %7 = arith.cmpi slt, %arg0, %c0_i64 : i64
  %8 = scf.if %7 -> (i1) {
    %26 = arith.cmpi ne, %6, %c0_i64 : i64
    scf.yield %26 : i1
  } else {
    scf.yield %false : i1
  }
  %9 = scf.if %8 -> (i64) {
    %26 = arith.subi %1, %6 : i64
    scf.yield %26 : i64
  } else {
    scf.yield %6 : i64
  }
  %10 = math.absi %arg1 : i64
  %11 = arith.cmpi slt, %arg1, %c0_i64 : i64
  cf.cond_br %11, ^bb3, ^bb4(%9 : i64)
^bb2(%12: i64):  // 2 preds: ^bb0, ^bb4
  return %12 : i64
^bb3:  // pred: ^bb1
  %13 = arith.remui %c1_i64, %4 : i64
  %14 = arith.select %3, %c0_i64, %13 : i64
  %15:4 = scf.while (%arg3 = %1, %arg4 = %9, %arg5 = %c0_i64, %arg6 = %14) : (i64, i64, i64, i64) -> (i64, i64, i64, i64) {
    %26 = arith.cmpi ne, %arg4, %c0_i64 : i64
    scf.condition(%26) %arg3, %arg4, %arg5, %arg6 : i64, i64, i64, i64
  } do {
  ^bb0(%arg3: i64, %arg4: i64, %arg5: i64, %arg6: i64):
    %26 = arith.divui %arg3, %arg4 : i64
    %27 = arith.muli %26, %arg4 : i64
    %28 = arith.subi %arg3, %27 : i64
    %29 = arith.remui %26, %4 : i64
    %30 = arith.select %3, %c0_i64, %29 : i64
    %31:3 = scf.while (%arg7 = %30, %arg8 = %arg6, %arg9 = %c0_i64) : (i64, i64, i64) -> (i64, i64, i64) {
      %34 = arith.cmpi ne, %arg8, %c0_i64 : i64
      scf.condition(%34) %arg7, %arg8, %arg9 : i64, i64, i64
    } do {
    ^bb0(%arg7: i64, %arg8: i64, %arg9: i64):
      %34 = arith.andi %arg8, %c1_i64 : i64
      %35 = arith.cmpi eq, %34, %c1_i64 : i64
      %36 = scf.if %35 -> (i64) {
        %40 = arith.cmpi eq, %arg7, %c0_i64 : i64
        %41 = scf.if %40 -> (i64) {
          scf.yield %arg9 : i64
        } else {
          %42 = arith.subi %1, %arg7 : i64
          %43 = arith.cmpi uge, %arg9, %42 : i64
          %44 = scf.if %43 -> (i64) {
            %45 = arith.subi %arg9, %42 : i64
            scf.yield %45 : i64
          } else {
            %45 = arith.addi %arg9, %arg7 : i64
            scf.yield %45 : i64
          }
          scf.yield %44 : i64
        }
        scf.yield %41 : i64
      } else {
        scf.yield %arg9 : i64
      }
      %37 = arith.cmpi eq, %arg7, %c0_i64 : i64
      %38 = scf.if %37 -> (i64) {
        scf.yield %arg7 : i64
      } else {
        %40 = arith.subi %1, %arg7 : i64
        %41 = arith.cmpi uge, %arg7, %40 : i64
        %42 = scf.if %41 -> (i64) {
          %43 = arith.subi %arg7, %40 : i64
          scf.yield %43 : i64
        } else {
          %43 = arith.addi %arg7, %arg7 : i64
          scf.yield %43 : i64
        }
        scf.yield %42 : i64
      }
      %39 = arith.shrui %arg8, %c1_i64 : i64
      scf.yield %38, %39, %36 : i64, i64, i64
    }
    %32 = arith.cmpi uge, %arg5, %31#2 : i64
    %33 = scf.if %32 -> (i64) {
      %34 = arith.subi %arg5, %31#2 : i64
      scf.yield %34 : i64
    } else {
      %34 = arith.subi %1, %31#2 : i64
      %35 = arith.addi %arg5, %34 : i64
      scf.yield %35 : i64
    }
    scf.yield %arg4, %28, %arg6, %33 : i64, i64, i64, i64
  }
  %16 = arith.cmpi eq, %15#0, %c1_i64 : i64
  %17 = arith.select %16, %15#2, %1 : i64
  %18 = arith.cmpi eq, %17, %1 : i64
  cf.cond_br %18, ^bb5, ^bb4(%17 : i64)
^bb4(%19: i64):  // 2 preds: ^bb1, ^bb3
  %20 = arith.remui %c1_i64, %4 : i64
  %21 = arith.select %3, %c0_i64, %20 : i64
  %22:3 = scf.while (%arg3 = %19, %arg4 = %10, %arg5 = %21) : (i64, i64, i64) -> (i64, i64, i64) {
    %26 = arith.cmpi ne, %arg4, %c0_i64 : i64
    scf.condition(%26) %arg3, %arg4, %arg5 : i64, i64, i64
  } do {
  ^bb0(%arg3: i64, %arg4: i64, %arg5: i64):
    %26 = arith.andi %arg4, %c1_i64 : i64
    %27 = arith.cmpi eq, %26, %c1_i64 : i64
    %28 = scf.if %27 -> (i64) {
      %31:3 = scf.while (%arg6 = %arg5, %arg7 = %arg3, %arg8 = %c0_i64) : (i64, i64, i64) -> (i64, i64, i64) {
        %32 = arith.cmpi ne, %arg7, %c0_i64 : i64
        scf.condition(%32) %arg6, %arg7, %arg8 : i64, i64, i64
      } do {
      ^bb0(%arg6: i64, %arg7: i64, %arg8: i64):
        %32 = arith.andi %arg7, %c1_i64 : i64
        %33 = arith.cmpi eq, %32, %c1_i64 : i64
        %34 = scf.if %33 -> (i64) {
          %38 = arith.cmpi eq, %arg6, %c0_i64 : i64
          %39 = scf.if %38 -> (i64) {
            scf.yield %arg8 : i64
          } else {
            %40 = arith.subi %1, %arg6 : i64
            %41 = arith.cmpi uge, %arg8, %40 : i64
            %42 = scf.if %41 -> (i64) {
              %43 = arith.subi %arg8, %40 : i64
              scf.yield %43 : i64
            } else {
              %43 = arith.addi %arg8, %arg6 : i64
              scf.yield %43 : i64
            }
            scf.yield %42 : i64
          }
          scf.yield %39 : i64
        } else {
          scf.yield %arg8 : i64
        }
        %35 = arith.cmpi eq, %arg6, %c0_i64 : i64
        %36 = scf.if %35 -> (i64) {
          scf.yield %arg6 : i64
        } else {
          %38 = arith.subi %1, %arg6 : i64
          %39 = arith.cmpi uge, %arg6, %38 : i64
          %40 = scf.if %39 -> (i64) {
            %41 = arith.subi %arg6, %38 : i64
            scf.yield %41 : i64
          } else {
            %41 = arith.addi %arg6, %arg6 : i64
            scf.yield %41 : i64
          }
          scf.yield %40 : i64
        }
        %37 = arith.shrui %arg7, %c1_i64 : i64
        scf.yield %36, %37, %34 : i64, i64, i64
      }
      scf.yield %31#2 : i64
    } else {
      scf.yield %arg5 : i64
    }
    %29:3 = scf.while (%arg6 = %arg3, %arg7 = %arg3, %arg8 = %c0_i64) : (i64, i64, i64) -> (i64, i64, i64) {
      %31 = arith.cmpi ne, %arg7, %c0_i64 : i64
      scf.condition(%31) %arg6, %arg7, %arg8 : i64, i64, i64
    } do {
    ^bb0(%arg6: i64, %arg7: i64, %arg8: i64):
      %31 = arith.andi %arg7, %c1_i64 : i64
      %32 = arith.cmpi eq, %31, %c1_i64 : i64
      %33 = scf.if %32 -> (i64) {
        %37 = arith.cmpi eq, %arg6, %c0_i64 : i64
        %38 = scf.if %37 -> (i64) {
          scf.yield %arg8 : i64
        } else {
          %39 = arith.subi %1, %arg6 : i64
          %40 = arith.cmpi uge, %arg8, %39 : i64
          %41 = scf.if %40 -> (i64) {
            %42 = arith.subi %arg8, %39 : i64
            scf.yield %42 : i64
          } else {
            %42 = arith.addi %arg8, %arg6 : i64
            scf.yield %42 : i64
          }
          scf.yield %41 : i64
        }
        scf.yield %38 : i64
      } else {
        scf.yield %arg8 : i64
      }
      %34 = arith.cmpi eq, %arg6, %c0_i64 : i64
      %35 = scf.if %34 -> (i64) {
        scf.yield %arg6 : i64
      } else {
        %37 = arith.subi %1, %arg6 : i64
        %38 = arith.cmpi uge, %arg6, %37 : i64
        %39 = scf.if %38 -> (i64) {
          %40 = arith.subi %arg6, %37 : i64
          scf.yield %40 : i64
        } else {
          %40 = arith.addi %arg6, %arg6 : i64
          scf.yield %40 : i64
        }
        scf.yield %39 : i64
      }
      %36 = arith.shrui %arg7, %c1_i64 : i64
      scf.yield %35, %36, %33 : i64, i64, i64
    }
    %30 = arith.shrui %arg4, %c1_i64 : i64
    scf.yield %29#2, %30, %28 : i64, i64, i64
  }
  %23 = arith.cmpi slt, %arg2, %c0_i64 : i64
  %24 = scf.if %23 -> (i1) {
    %26 = arith.cmpi ne, %22#2, %c0_i64 : i64
    scf.yield %26 : i1
  } else {
    scf.yield %false : i1
  }
  %25 = scf.if %24 -> (i64) {
    %26 = arith.subi %22#2, %1 : i64
    scf.yield %26 : i64
  } else {
    scf.yield %22#2 : i64
  }
  cf.br ^bb2(%25 : i64)
^bb5:  // pred: ^bb3
  return %c0_i64 : i64
}
func.func @zouk_round_i64(%arg0: i64, %arg1: i64) -> i64 {
  %false = arith.constant false
  %true = arith.constant true
  %c10_i64 = arith.constant 10 : i64
  %c1_i64 = arith.constant 1 : i64
  %c-19_i64 = arith.constant -19 : i64
  %c0_i64 = arith.constant 0 : i64
  %0 = arith.cmpi sge, %arg1, %c0_i64 : i64
  %1 = scf.if %0 -> (i64) {
    scf.yield %arg0 : i64
  } else {
    %2 = arith.cmpi slt, %arg1, %c-19_i64 : i64
    %3 = scf.if %2 -> (i64) {
      scf.yield %c0_i64 : i64
    } else {
      %4 = math.absi %arg0 : i64
      %5 = arith.subi %c0_i64, %arg1 : i64
      %6 = scf.for %arg2 = %c0_i64 to %5 step %c1_i64 iter_args(%arg3 = %c1_i64) -> (i64)  : i64 {
        %20 = arith.muli %arg3, %c10_i64 : i64
        scf.yield %20 : i64
      }
      %7 = arith.cmpi eq, %6, %c0_i64 : i64
      %8 = arith.select %7, %c1_i64, %6 : i64
      %9 = arith.divui %4, %8 : i64
      %10 = arith.select %7, %c0_i64, %9 : i64
      %11 = arith.muli %10, %6 : i64
      %12 = arith.subi %4, %11 : i64
      %13 = arith.subi %6, %12 : i64
      %14 = arith.cmpi ugt, %12, %13 : i64
      %15 = scf.if %14 -> (i1) {
        scf.yield %true : i1
      } else {
        %20 = arith.cmpi eq, %12, %13 : i64
        %21 = scf.if %20 -> (i1) {
          %22 = arith.andi %10, %c1_i64 : i64
          %23 = arith.cmpi eq, %22, %c1_i64 : i64
          scf.yield %23 : i1
        } else {
          scf.yield %false : i1
        }
        scf.yield %21 : i1
      }
      %16 = scf.if %15 -> (i64) {
        %20 = arith.addi %10, %c1_i64 : i64
        scf.yield %20 : i64
      } else {
        scf.yield %10 : i64
      }
      %17 = arith.muli %16, %6 : i64
      %18 = arith.cmpi slt, %arg0, %c0_i64 : i64
      %19 = scf.if %18 -> (i64) {
        %20 = arith.subi %c0_i64, %17 : i64
        scf.yield %20 : i64
      } else {
        scf.yield %17 : i64
      }
      scf.yield %19 : i64
    }
    scf.yield %3 : i64
  }
  return %1 : i64
}
func.func @zouk_round_half_even(%arg0: f64, %arg1: i64) -> f64 {
  %true = arith.constant true
  %cst = arith.constant 1.000000e+22 : f64
  %cst_0 = arith.constant 1.000000e+01 : f64
  %c22_i64 = arith.constant 22 : i64
  %c0_i64 = arith.constant 0 : i64
  %cst_1 = arith.constant 1.000000e+00 : f64
  %c-308_i64 = arith.constant -308 : i64
  %c323_i64 = arith.constant 323 : i64
  %cst_2 = arith.constant 0.000000e+00 : f64
  %0 = math.isinf %arg0 : f64
  %1 = scf.if %0 -> (i1) {
    scf.yield %true : i1
  } else {
    %21 = math.isnan %arg0 : f64
    %22 = scf.if %21 -> (i1) {
      scf.yield %true : i1
    } else {
      %23 = arith.cmpf oeq, %arg0, %cst_2 : f64
      %24 = scf.if %23 -> (i1) {
        scf.yield %true : i1
      } else {
        %25 = arith.cmpi sgt, %arg1, %c323_i64 : i64
        scf.yield %25 : i1
      }
      scf.yield %24 : i1
    }
    scf.yield %22 : i1
  }
  cf.cond_br %1, ^bb2(%arg0 : f64), ^bb1
^bb1:  // pred: ^bb0
  %2 = arith.cmpi slt, %arg1, %c-308_i64 : i64
  cf.cond_br %2, ^bb3, ^bb4
^bb2(%3: f64):  // 3 preds: ^bb0, ^bb3, ^bb7
  return %3 : f64
^bb3:  // pred: ^bb1
  %4 = math.copysign %cst_2, %arg0 : f64
  cf.br ^bb2(%4 : f64)
^bb4:  // pred: ^bb1
  %5 = arith.cmpi sge, %arg1, %c0_i64 : i64
  cf.cond_br %5, ^bb5, ^bb6
^bb5:  // pred: ^bb4
  %6 = arith.cmpi sgt, %arg1, %c22_i64 : i64
  %7 = arith.select %6, %cst, %cst_1 : f64
  %8 = scf.if %6 -> (f64) {
    %21 = arith.subi %arg1, %c22_i64 : i64
    %22 = arith.sitofp %21 : i64 to f64
    %23 = math.powf %cst_0, %22 : f64
    scf.yield %23 : f64
  } else {
    %21 = arith.sitofp %arg1 : i64 to f64
    %22 = math.powf %cst_0, %21 : f64
    scf.yield %22 : f64
  }
  %9 = arith.mulf %arg0, %8 : f64
  %10 = arith.mulf %9, %7 : f64
  %11 = math.isinf %10 : f64
  cf.cond_br %11, ^bb8, ^bb7(%7, %8, %10 : f64, f64, f64)
^bb6:  // pred: ^bb4
  %12 = arith.subi %c0_i64, %arg1 : i64
  %13 = arith.sitofp %12 : i64 to f64
  %14 = math.powf %cst_0, %13 : f64
  %15 = arith.divf %arg0, %14 : f64
  cf.br ^bb7(%cst_1, %14, %15 : f64, f64, f64)
^bb7(%16: f64, %17: f64, %18: f64):  // 2 preds: ^bb5, ^bb6
  %19 = math.roundeven %18 : f64
  %20 = scf.if %5 -> (f64) {
    %21 = arith.divf %19, %16 : f64
    %22 = arith.divf %21, %17 : f64
    scf.yield %22 : f64
  } else {
    %21 = arith.mulf %19, %17 : f64
    scf.yield %21 : f64
  }
  cf.br ^bb2(%20 : f64)
^bb8:  // pred: ^bb5
  return %arg0 : f64
}
