// What the C API cannot do: register the dialects, give Rust passes a command-line name with options, run MlirOptMain.
#include "Dialects.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/NVVMToLLVM/NVVMToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Target/LLVM/NVVM/Target.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/IR/Module.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Transforms/IPO/Internalize.h"
#include "llvm-c/Core.h"
#include <cstring>

using namespace mlir;

extern "C" struct ZoukOption {
  const char *name, *description, *initial;
};

extern "C" struct ZoukPass {
  const char *name, *argument, *description, *anchor; // anchor: "builtin.module" or "func.func"
  const ZoukOption *options;
  size_t optionCount;
  bool (*run)(MlirOperation op, const char *options); // options: "name=value" lines; false signals failure
};

namespace {
/// A pass whose body is Rust, with textual options that print, parse and clone as MLIR's own do.
struct RustPass final : Pass {
  RustPass(TypeID id, const ZoukPass &info) : Pass(id, StringRef(info.anchor)), info(info) { declareOptions(); }
  RustPass(const RustPass &other) : Pass(other), info(other.info) { declareOptions(); }

  StringRef getName() const override { return info.name; }
  StringRef getArgument() const override { return info.argument; }
  StringRef getDescription() const override { return info.description; }
  bool canScheduleOn(RegisteredOperationName name) const override { return name.getStringRef() == info.anchor; }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<zouk::py::PyDialect, zouk::rt::RtDialect, arith::ArithDialect, bufferization::BufferizationDialect, mlir::cf::ControlFlowDialect, complex::ComplexDialect,
                    func::FuncDialect, gpu::GPUDialect, linalg::LinalgDialect, LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect,
                    NVVM::NVVMDialect, scf::SCFDialect, tensor::TensorDialect, ub::UBDialect, vector::VectorDialect>();
  }
  void runOnOperation() override {
    std::string text;
    for (auto &option : options)
      text += option->getArgStr().str() + "=" + option->getValue() + "\n";
    if (!info.run(wrap(getOperation()), text.c_str()))
      signalPassFailure();
  }
  std::unique_ptr<Pass> clonePass() const override { return std::make_unique<RustPass>(*this); }

private:
  void declareOptions() {
    for (const ZoukOption &o : ArrayRef(info.options, info.optionCount))
      options.push_back(std::make_unique<Option<std::string>>(*this, o.name, llvm::cl::desc(o.description), llvm::cl::init(std::string(o.initial))));
  }

  ZoukPass info;
  std::vector<std::unique_ptr<Option<std::string>>> options;
};
} // namespace

extern "C" {
void zoukRegisterDialects(MlirDialectRegistry registry) {
  unwrap(registry)->insert<zouk::py::PyDialect, zouk::rt::RtDialect>();
  // What `nvvm-attach-target` and `gpu-module-to-binary` ask of the attributes and dialects.
  NVVM::registerNVVMTargetInterfaceExternalModels(*unwrap(registry));
  arith::registerConvertArithToLLVMInterface(*unwrap(registry));
  cf::registerConvertControlFlowToLLVMInterface(*unwrap(registry));
  registerConvertFuncToLLVMInterface(*unwrap(registry));
  registerConvertMemRefToLLVMInterface(*unwrap(registry));
  registerConvertMathToLLVMInterface(*unwrap(registry));
  ub::registerConvertUBToLLVMInterface(*unwrap(registry));
  registerConvertNVVMToLLVMInterface(*unwrap(registry));
}

/// The strings must live as long as the process.
void zoukRegisterPass(const ZoukPass *info) {
  static TypeIDAllocator ids;
  registerPass([id = ids.allocate(), info = *info]() -> std::unique_ptr<Pass> { return std::make_unique<RustPass>(id, info); });
}

/// What a loop says to LLVM (null for nothing), and that accesses of the group depend on none of another iteration.
MlirAttribute zoukParallelLoop(MlirAttribute annotation, MlirAttribute group) {
  auto said = llvm::dyn_cast_if_present<LLVM::LoopAnnotationAttr>(unwrap(annotation));
  auto one = llvm::cast<LLVM::AccessGroupAttr>(unwrap(group));
  MLIRContext *context = one.getContext();
  if (!said)
    return wrap(LLVM::LoopAnnotationAttr::get(context, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {one}));
  return wrap(LLVM::LoopAnnotationAttr::get(context, said.getDisableNonforced(), said.getVectorize(), said.getInterleave(), said.getUnroll(), said.getUnrollAndJam(),
                                            said.getLicm(), said.getDistribute(), said.getPipeline(), said.getPeeled(), said.getUnswitch(), said.getMustProgress(),
                                            said.getIsVectorized(), said.getStartLoc(), said.getEndLoc(), {one}));
}

/// Links what the LLVM module needs of a library of bitcode, as functions of its own. An error is a text to be freed, null otherwise.
char *zoukLinkLibrary(LLVMModuleRef into, const char *path) {
  llvm::Module *module = llvm::unwrap(into);
  llvm::SMDiagnostic problem;
  std::unique_ptr<llvm::Module> library = llvm::getLazyIRFileModule(path, problem, module->getContext());
  if (!library)
    return strdup(problem.getMessage().str().c_str());
  library->setDataLayout(module->getDataLayout());
  library->setTargetTriple(module->getTargetTriple());
  auto internalize = [](llvm::Module &linked, const llvm::StringSet<> &names) {
    llvm::internalizeModule(linked, [&names](const llvm::GlobalValue &value) { return !value.hasName() || names.count(value.getName()) == 0; });
  };
  if (llvm::Linker::linkModules(*module, std::move(library), llvm::Linker::LinkOnlyNeeded, internalize))
    return strdup("the library does not link");
  return nullptr;
}

/// Sets a switch that LLVM has on its command line only, and gives what it was.
bool zoukSetSwitch(const char *name, bool value) {
  auto &options = llvm::cl::getRegisteredOptions();
  auto found = options.find(name);
  if (found == options.end())
    return value;
  auto *option = static_cast<llvm::cl::opt<bool> *>(found->second);
  bool before = option->getValue();
  option->setValue(value);
  return before;
}

/// Sets a number that LLVM has on its command line only. False where it has none of this name.
bool zoukSetNumber(const char *name, unsigned value) {
  auto &options = llvm::cl::getRegisteredOptions();
  auto found = options.find(name);
  if (found == options.end())
    return false;
  static_cast<llvm::cl::opt<unsigned> *>(found->second)->setValue(value);
  return true;
}

int zoukOptMain(int argc, char **argv) {
  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  registerAllToLLVMIRTranslations(registry);
  registry.insert<zouk::py::PyDialect, zouk::rt::RtDialect>();
  registerAllPasses();
  return asMainReturnCode(MlirOptMain(argc, argv, "zouk optimizer driver\n", registry));
}
}
