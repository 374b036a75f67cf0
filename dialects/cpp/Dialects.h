// The two dialects' generated declarations.
#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "PyDialect.h.inc"
#define GET_TYPEDEF_CLASSES
#include "PyTypes.h.inc"
#define GET_OP_CLASSES
#include "PyOps.h.inc"

#include "RtDialect.h.inc"
#define GET_OP_CLASSES
#include "RtOps.h.inc"

namespace zouk::py {
/// Whether a value of one type may stand where the other is wanted: `!py.object` meets any, as inference has not come by yet.
bool compatible(mlir::Type a, mlir::Type b);
} // namespace zouk::py
