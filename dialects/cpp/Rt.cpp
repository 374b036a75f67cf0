// The `rt` dialect.
#include "Dialects.h"

#include "mlir/IR/DialectImplementation.h"

using namespace mlir;

#include "RtDialect.cpp.inc"
#define GET_OP_CLASSES
#include "RtOps.cpp.inc"

void zouk::rt::RtDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "RtOps.cpp.inc"
      >();
}
