// The `rt` dialect: verifiers, and what its ops do to memory.
#include "Dialects.h"

#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace zouk::rt;

#include "RtDialect.cpp.inc"
#define GET_OP_CLASSES
#include "RtOps.cpp.inc"

void RtDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "RtOps.cpp.inc"
      >();
}

//===- Exceptions and printing --------------------------------------------===//

static bool isInt(Type type, unsigned width) { return type.isSignlessInteger(width); }

// Whether the runtime can take a value of that type under the letter.
static bool fits(char kind, Type type) {
  auto complex = dyn_cast<ComplexType>(type);
  switch (kind) {
  case 'i':
  case 'u':
    return type.isIndex() || isInt(type, 8) || isInt(type, 16) || isInt(type, 32) || isInt(type, 64);
  case 'b':
    return isInt(type, 1) || isInt(type, 8);
  case 'f':
    return type.isF64() || type.isF32() || type.isF16();
  case 'F':
    return type.isF32();
  case 'c':
    return complex && (complex.getElementType().isF64() || complex.getElementType().isF32());
  case 'C':
    return complex && complex.getElementType().isF32();
  default:
    return false;
  }
}

// Without `kinds` the types decide.
static LogicalResult verifyScalars(Operation *op, TypeRange types) {
  for (auto [i, type] : llvm::enumerate(types))
    if (llvm::none_of(StringRef("ibfc"), [&](char kind) { return fits(kind, type); }))
      return op->emitOpError() << "has " << type << " as value " << i << ", which is no scalar of machine code";
  return success();
}

// One letter a value; letters of `beside` take none.
static LogicalResult verifyKinds(Operation *op, std::optional<StringRef> kinds, TypeRange types, StringRef beside = "") {
  if (!kinds)
    return verifyScalars(op, types);
  SmallVector<char> letters;
  llvm::copy_if(*kinds, std::back_inserter(letters), [&](char kind) { return !beside.contains(kind); });
  for (char kind : letters)
    if (!StringRef("iubfFcC").contains(kind))
      return op->emitOpError() << "has no kind '" << kind << "'; kinds are i, u, b, f, F, c, C" << (beside.empty() ? "" : ", s, n, (, ), <, >");
  if (letters.size() != types.size())
    return op->emitOpError() << "has " << letters.size() << " kinds for " << types.size() << " values";
  for (auto [i, kind, type] : llvm::enumerate(letters, types))
    if (!fits(kind, type))
      return op->emitOpError() << "has " << type << " as value " << i << ", whose kind is '" << kind << "'";
  return success();
}

// Every `{}` of a message that has some stands for one of the values.
static LogicalResult verifyMessage(Operation *op, StringRef message, size_t values) {
  size_t places = message.count("{}");
  if (places == 0 || values == 0 || places == values)
    return success();
  return op->emitOpError() << "has " << values << " values for the " << places << " `{}` of its message";
}

LogicalResult CheckOp::verify() {
  if (failed(verifyKinds(*this, getKinds(), getArguments().getTypes())))
    return failure();
  return verifyMessage(*this, getMessage(), getArguments().size());
}

LogicalResult PrintOp::verify() { return verifyKinds(*this, getKinds(), getValues().getTypes()); }

LogicalResult RaiseOp::verify() {
  StringRef kinds = getKinds().value_or("");
  if (failed(verifyKinds(*this, getKinds(), getArguments().getTypes(), "sn()<>")))
    return failure();
  size_t texts = getTexts() ? getTexts()->size() : 0;
  if (kinds.count('s') != texts)
    return emitOpError() << "has " << texts << " texts for " << kinds.count('s') << " kinds 's'";
  int depth = 0;
  for (char kind : kinds) {
    depth += kind == '(' || kind == '<' ? 1 : kind == ')' || kind == '>' ? -1 : 0;
    if (depth < 0)
      break;
  }
  if (depth != 0)
    return emitOpError("has kinds whose brackets do not match");
  size_t values = getArguments().size();
  // What the cause carries is not for the message.
  if (size_t cause = kinds.find('<'); cause != StringRef::npos)
    values = llvm::count_if(kinds.take_front(cause), [](char kind) { return StringRef("iubfFcC").contains(kind); });
  return verifyMessage(*this, getMessage(), values);
}

//===- Arrays -------------------------------------------------------------===//

static LogicalResult verifySizes(Operation *op, MemRefType type, size_t sizes) {
  size_t dynamic = type.getNumDynamicDims();
  if (sizes == dynamic)
    return success();
  return op->emitOpError() << "has " << sizes << " sizes for the " << dynamic << " dynamic extents of " << type;
}

LogicalResult AllocOp::verify() { return verifySizes(*this, getType(), getSizes().size()); }

static bool isFixedSize(Value size) {
  APInt value;
  return matchPattern(size, m_ConstantInt(&value)) && !value.isNegative();
}

// Constant sizes, such as those of `np.array([x, y, z])`, need not be asked of the array; one that has only such and that nobody reads is not made.
LogicalResult AllocOp::canonicalize(AllocOp op, PatternRewriter &rewriter) {
  bool changed = false;
  for (Operation *user : llvm::make_early_inc_range(op->getUsers())) {
    auto dim = dyn_cast<memref::DimOp>(user);
    auto axis = dim ? dim.getConstantIndex() : std::nullopt;
    // Records have one axis more, of known size.
    if (!axis || *axis < 0 || *axis >= static_cast<int64_t>(op.getSizes().size()) || !isFixedSize(op.getSizes()[*axis]))
      continue;
    rewriter.replaceOp(dim, op.getSizes()[*axis]);
    changed = true;
  }
  auto writes = [&](Operation *user) {
    auto store = dyn_cast<memref::StoreOp>(user);
    return store && store.getMemRef() == op.getResult();
  };
  if (llvm::all_of(op.getSizes(), isFixedSize) && llvm::all_of(op->getUsers(), writes)) {
    for (Operation *store : llvm::make_early_inc_range(op->getUsers()))
      rewriter.eraseOp(store);
    rewriter.eraseOp(op);
    changed = true;
  }
  return success(changed);
}

LogicalResult AdoptOp::verify() {
  if (!isa<LLVM::LLVMPointerType>(getBlock().getType()))
    return emitOpError() << "needs a block of type '!llvm.ptr', not " << getBlock().getType();
  return verifySizes(*this, getType(), getSizes().size());
}

// As elements of an array: `si64` is i64, a bool is a byte.
static bool sameElement(Type constant, Type memory) {
  auto from = dyn_cast<IntegerType>(constant), to = dyn_cast<IntegerType>(memory);
  if (from && to)
    return to.isSignless() && std::max(from.getWidth(), 8u) == to.getWidth();
  return constant == memory;
}

LogicalResult ConstantArrayOp::verify() {
  auto value = dyn_cast<DenseElementsAttr>(getValue());
  if (!value)
    return emitOpError("needs dense elements");
  auto shape = value.getType().getShape();
  if (failed(verifyCompatibleShape(shape, getType().getShape())))
    return emitOpError() << "has elements of the shape of " << value.getType() << ", which " << getType() << " cannot have";
  if (!sameElement(value.getElementType(), getType().getElementType()))
    return emitOpError() << "has elements of type " << value.getElementType() << ", but " << getType() << " holds " << getType().getElementType();
  return success();
}

// Memory of numbers may be seen as other numbers.
static bool isNumber(Type element) { return element.isIntOrFloat() || isa<ComplexType>(element); }

LogicalResult ViewOp::verify() {
  int64_t rank = getType().getRank();
  if ((int64_t)getShape().size() != 1 + 2 * rank)
    return emitOpError() << "needs an offset, " << rank << " sizes and " << rank << " strides, but has " << getShape().size() << " numbers";
  Type base = getBase().getType().getElementType(), element = getType().getElementType();
  // The bytes of a record are seen as whatever a field is.
  if (getBytes() ? !base.isSignlessInteger(8) : base != element && !(isNumber(base) && isNumber(element)))
    return emitOpError() << "cannot see elements of type " << base << " as " << element;
  return success();
}

LogicalResult ForeignOp::verify() {
  int64_t rank = getType().getRank();
  if ((int64_t)getShape().size() != 2 * rank)
    return emitOpError() << "needs " << rank << " sizes and " << rank << " strides, but has " << getShape().size() << " numbers";
  return success();
}

//===- Effects ------------------------------------------------------------===//
// An op that may raise writes: it is neither dropped nor moved. `rt.check`, `rt.raise` and `rt.print` say nothing, which means anything.

using Effects = SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>;

void IndexOp::getEffects(Effects &effects) {
  if (getChecked())
    effects.emplace_back(MemoryEffects::Write::get());
}

// Only dynamic sizes may be negative or too large; no program can count on a MemoryError.
void AllocOp::getEffects(Effects &effects) {
  effects.emplace_back(MemoryEffects::Allocate::get(), getOperation()->getOpResult(0));
  if (!getSizes().empty())
    effects.emplace_back(MemoryEffects::Write::get());
}

void ArrayOp::getEffects(Effects &effects) {
  effects.emplace_back(MemoryEffects::Allocate::get(), getOperation()->getOpResult(0));
}

// The count lies before the block's data.
void RetainOp::getEffects(Effects &effects) {
  effects.emplace_back(MemoryEffects::Read::get(), &getArrayMutable());
  effects.emplace_back(MemoryEffects::Write::get(), &getArrayMutable());
}

void ReleaseOp::getEffects(Effects &effects) {
  effects.emplace_back(MemoryEffects::Free::get(), &getArrayMutable());
  effects.emplace_back(MemoryEffects::Write::get(), &getArrayMutable());
}

void ObjectOp::getEffects(Effects &effects) {
  effects.emplace_back(MemoryEffects::Allocate::get(), getOperation()->getOpResult(0));
}

void LoadFieldOp::getEffects(Effects &effects) { effects.emplace_back(MemoryEffects::Read::get(), &getObjectMutable()); }

// What the field held may go.
void StoreFieldOp::getEffects(Effects &effects) {
  effects.emplace_back(MemoryEffects::Write::get(), &getObjectMutable());
  effects.emplace_back(MemoryEffects::Free::get());
}
