// The `py` dialect: types, constants, folders and verifiers. Control flow is in PyControlFlow.cpp.
#include "Dialects.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace zouk::py;

#include "PyDialect.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "PyTypes.cpp.inc"
#define GET_OP_CLASSES
#include "PyOps.cpp.inc"

void PyDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "PyTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "PyOps.cpp.inc"
      >();
}

Operation *PyDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  return ConstantOp::create(builder, loc, type, value);
}

// bool, si8 … ui64, f16, f32, f64
static bool isReal(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type)) {
    unsigned width = integer.getWidth();
    return integer.isSignless() ? width == 1 : width == 8 || width == 16 || width == 32 || width == 64;
  }
  return type.isF16() || type.isF32() || type.isF64();
}

static bool isNumber(Type type) {
  auto complex = dyn_cast<ComplexType>(type);
  return isReal(complex ? complex.getElementType() : type);
}

static bool isTime(Type type) { return isa<DatetimeType, TimedeltaType>(type); }

// `<f64, 2, C>` or `<f64, 2, C, readonly>`
Type ArrayType::parse(AsmParser &parser) {
  Type element;
  unsigned rank;
  StringRef layout;
  bool readonly = false, unaligned = false;
  auto at = parser.getCurrentLocation();
  if (parser.parseLess() || parser.parseType(element) || parser.parseComma() || parser.parseInteger(rank) ||
      parser.parseComma() || parser.parseKeyword(&layout))
    return {};
  while (succeeded(parser.parseOptionalComma())) {
    StringRef word;
    if (parser.parseKeyword(&word))
      return {};
    if (word != "readonly" && word != "unaligned")
      return parser.emitError(at, "an array may be readonly and unaligned, not ") << word, Type();
    (word == "readonly" ? readonly : unaligned) = true;
  }
  if (parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(at); }, parser.getContext(), element, rank, layout, readonly, unaligned);
}

void ArrayType::print(AsmPrinter &printer) const {
  printer << '<' << getElementType() << ", " << getRank() << ", " << getLayout();
  if (getReadonly())
    printer << ", readonly";
  if (getUnaligned())
    printer << ", unaligned";
  printer << '>';
}

LogicalResult ArrayType::verify(function_ref<InFlightDiagnostic()> emitError, Type element, unsigned rank, StringRef layout, bool, bool) {
  if (layout != "C" && layout != "F" && layout != "A")
    return emitError() << "array layout must be C, F or A, not '" << layout << "'";
  if (!isNumber(element) && !isTime(element) && !isa<RecordType>(element))
    return emitError() << "array elements must be numbers, not " << element;
  return success();
}

// `<f64, si64>`, `<>`
Type ListType::parse(AsmParser &parser) {
  SmallVector<Type> elements;
  auto element = [&] { return parser.parseType(elements.emplace_back()); };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, element))
    return {};
  return get(parser.getContext(), elements);
}

void ListType::print(AsmPrinter &printer) const {
  printer << '<';
  llvm::interleaveComma(getElements(), printer);
  printer << '>';
}

// The type is written only where the attribute does not have it: `3 : si64`, `unit : !py.none`.
ParseResult ConstantOp::parse(OpAsmParser &parser, OperationState &state) {
  Attribute value;
  Type type;
  if (parser.parseOptionalAttrDict(state.attributes) || parser.parseAttribute(value, "value", state.attributes))
    return failure();
  auto typed = dyn_cast<TypedAttr>(value);
  if (succeeded(parser.parseOptionalColon())) {
    if (parser.parseType(type))
      return failure();
  } else if (typed) {
    type = typed.getType();
  } else {
    return parser.emitError(parser.getNameLoc(), "needs `: type` after the value");
  }
  return parser.addTypeToList(type, state.types);
}

void ConstantOp::print(OpAsmPrinter &p) {
  p.printOptionalAttrDict((*this)->getAttrs(), {"value"});
  p << ' ' << getValue();
  auto typed = dyn_cast<TypedAttr>(getValue());
  if (!typed || typed.getType() != getType())
    p << " : " << getType();
}

//===- Folders ------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

OpFoldResult CastOp::fold(FoldAdaptor) { return getValue().getType() == getType() ? OpFoldResult(getValue()) : OpFoldResult(); }

OpFoldResult TruthOp::fold(FoldAdaptor) { return getValue().getType().isInteger(1) ? OpFoldResult(getValue()) : OpFoldResult(); }

// unpack(tuple(a, b)) is a, b
LogicalResult UnpackOp::canonicalize(UnpackOp op, PatternRewriter &rewriter) {
  auto tuple = op.getValue().getDefiningOp<TupleOp>();
  if (!tuple || tuple.getNumOperands() != op.getNumResults() || tuple.getOperandTypes() != op.getResultTypes())
    return failure();
  rewriter.replaceOp(op, tuple.getElements());
  return success();
}

//===- Verifiers ----------------------------------------------------------===//

// What an array's element is in a dense attribute: itself; a time is a count.
static bool isArrayOf(DenseElementsAttr value, ArrayType array) {
  Type element = array.getElementType();
  // A record is its bytes.
  if (isa<RecordType>(element))
    return value.getElementType().isUnsignedInteger(8) && value.getType().getRank() == (int64_t)array.getRank() + 1 && array.getReadonly();
  bool fits = isTime(element) ? value.getElementType().isSignedInteger(64) : value.getElementType() == element;
  return fits && value.getType().getRank() == (int64_t)array.getRank() && array.getReadonly();
}

static bool isConstantOf(Attribute value, Type type) {
  if (isa<StringAttr>(value))
    return isa<StrType>(type);
  if (isa<UnitAttr>(value))
    return isa<zouk::py::NoneType, EllipsisType>(type);
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return isa<ArrayType>(type) && isArrayOf(dense, cast<ArrayType>(type));
  auto number = dyn_cast<TypedAttr>(value);
  if (isTime(type))
    return number && number.getType().isSignedInteger(64);
  return number && isa<IntegerAttr, FloatAttr, complex::NumberAttr>(value) && number.getType() == type;
}

LogicalResult ConstantOp::verify() {
  if (isConstantOf(getValue(), getType()))
    return success();
  return emitOpError() << "cannot have the type " << getType() << " with the value " << getValue();
}

// The types of the elements of a tuple or a list.
static std::optional<ArrayRef<Type>> elementsOf(Type type) {
  if (auto tuple = dyn_cast<TupleType>(type))
    return tuple.getTypes();
  if (auto list = dyn_cast<ListType>(type))
    return list.getElements();
  if (auto named = dyn_cast<NamedType>(type))
    return named.getElements();
  if (auto closure = dyn_cast<ClosureType>(type))
    return closure.getCaptures();
  return std::nullopt;
}

// As lowering converts; a value that is never looked at may become anything.
static bool convertible(Type from, Type to) {
  if (compatible(from, to) || isa<UnboundType>(from))
    return true;
  if (auto maybe = dyn_cast<MaybeType>(to))
    return convertible(isa<MaybeType>(from) ? cast<MaybeType>(from).getInner() : from, maybe.getInner());
  if (auto optional = dyn_cast<OptionalType>(to))
    return isa<zouk::py::NoneType>(from) || convertible(isa<OptionalType>(from) ? cast<OptionalType>(from).getInner() : from, optional.getInner());
  if (auto maybe = dyn_cast<MaybeType>(from))
    return convertible(maybe.getInner(), to);
  if (auto optional = dyn_cast<OptionalType>(from))
    return convertible(optional.getInner(), to);
  if (auto closure = dyn_cast<ClosureType>(from))
    if (auto wanted = dyn_cast<ClosureType>(to); wanted && closure.getCallee() == wanted.getCallee())
      return closure.getCaptures().size() == wanted.getCaptures().size() &&
             llvm::all_of(llvm::zip(closure.getCaptures(), wanted.getCaptures()), [](auto pair) { return convertible(std::get<0>(pair), std::get<1>(pair)); });
  // A function as a declared type says: an adapter captures it.
  if (auto wanted = dyn_cast<ClosureType>(to); wanted && isa<RefType, ClosureType, OneOfType>(from))
    return wanted.getCaptures().size() == 1 && convertible(from, wanted.getCaptures()[0]);
  if (isa<OneOfType>(to))
    return isa<RefType, ClosureType, OneOfType>(from);
  if (auto elements = elementsOf(from)) {
    auto wanted = elementsOf(to);
    return wanted && (isa<TupleType>(to) || isa<ListType>(from) || (isa<NamedType>(from) && isa<NamedType>(to))) && elements->size() == wanted->size() &&
           llvm::all_of(llvm::zip(*elements, *wanted), [](auto pair) { return convertible(std::get<0>(pair), std::get<1>(pair)); });
  }
  // Before the first item nothing but the room is known.
  if (auto collector = dyn_cast<CollectorType>(from)) {
    auto wanted = dyn_cast<CollectorType>(to);
    if (!wanted)
      return false;
    auto row = dyn_cast<ArrayType>(collector.getInner()), into = dyn_cast<ArrayType>(wanted.getInner());
    if (row && into)
      return row.getRank() == into.getRank();
    return isa<zouk::py::NoneType>(collector.getInner()) || (isNumber(collector.getInner()) && isNumber(wanted.getInner()));
  }
  if (auto array = dyn_cast<ArrayType>(from)) {
    auto wanted = dyn_cast<ArrayType>(to);
    return wanted && array.getElementType() == wanted.getElementType() && array.getRank() == wanted.getRank() &&
           array.getUnaligned() == wanted.getUnaligned();
  }
  if (isa<RangeType>(from))
    return isa<RangeType>(to);
  // They differ in whether they may be written to.
  if (isa<RecordType>(from))
    return isa<RecordType>(to);
  // An address is a number, and what C takes for one.
  if (isa<PointerType>(to))
    return isa<zouk::py::NoneType, PointerType, CtypesType>(from) || (isNumber(from) && from.isInteger(64));
  if (isa<PointerType>(from))
    return to.isInteger(64);
  if (isTime(from) || isTime(to))
    return from.getTypeID() == to.getTypeID();
  return isNumber(from) && isNumber(to);
}

LogicalResult CastOp::verify() {
  if (convertible(getValue().getType(), getType()))
    return success();
  return emitOpError() << "cannot convert " << getValue().getType() << " to " << getType();
}

template <typename Sequence>
static LogicalResult verifyElements(Operation *op, StringRef what) {
  Type type = op->getResult(0).getType();
  if (isa<ObjectType>(type))
    return success();
  if (!isa<Sequence>(type))
    return op->emitOpError() << "gives a " << what << ", not " << type;
  auto wanted = *elementsOf(type);
  if (wanted.size() != op->getNumOperands())
    return op->emitOpError() << "has " << op->getNumOperands() << " elements, but its type is " << type;
  for (auto [i, element, part] : llvm::enumerate(op->getOperandTypes(), wanted))
    if (!compatible(element, part))
      return op->emitOpError() << "has " << element << " as element " << i << " of " << type;
  return success();
}

LogicalResult TupleOp::verify() { return verifyElements<TupleType>(*this, "tuple"); }

LogicalResult ListOp::verify() { return verifyElements<ListType>(*this, "list"); }

LogicalResult ClosureOp::verify() {
  auto closure = dyn_cast<ClosureType>(getType());
  if (closure && closure.getCallee() != getCallee())
    return emitOpError() << "is of the function '" << getCallee() << "', but its type is " << getType();
  return verifyElements<ClosureType>(*this, "closure");
}

static LogicalResult verifyPlace(Operation *op, uint64_t place, std::optional<size_t> count, Type type) {
  if (isa<ObjectType>(type) || (count && place < *count))
    return success();
  return op->emitOpError() << "finds nothing at " << place << " in " << type;
}

LogicalResult CapturedOp::verify() {
  Type type = getClosure().getType();
  auto closure = dyn_cast<ClosureType>(type);
  return verifyPlace(*this, getIndex(), closure ? std::optional(closure.getCaptures().size()) : std::nullopt, type);
}

LogicalResult PartOp::verify() {
  Type type = getIterator().getType();
  std::optional<size_t> count;
  if (auto map = dyn_cast<MapType>(type))
    count = map.getParts().size();
  else if (auto filter = dyn_cast<FilterType>(type))
    count = filter.getParts().size();
  else if (auto zip = dyn_cast<ZipType>(type))
    count = zip.getInners().size();
  else if (isa<EnumerateType, ReversedType>(type))
    count = 1;
  return verifyPlace(*this, getIndex(), count, type);
}

static LogicalResult verifyKind(Operation *op, StringRef kind, ArrayRef<StringRef> allowed) {
  if (llvm::is_contained(allowed, kind))
    return success();
  auto error = op->emitOpError() << "has no kind '" << kind << "'; kinds are ";
  llvm::interleaveComma(allowed, error);
  return error;
}

LogicalResult BinaryOp::verify() {
  return verifyKind(*this, getKind(), {"add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and", "or", "xor", "matmul"});
}

LogicalResult CompareOp::verify() {
  return verifyKind(*this, getKind(), {"eq", "ne", "lt", "le", "gt", "ge", "is", "is_not", "in", "not_in"});
}

LogicalResult UnaryOp::verify() { return verifyKind(*this, getKind(), {"neg", "pos", "invert", "not"}); }

template <typename Call>
static LogicalResult verifyKeywords(Call op) {
  auto keywords = op.getKeywords();
  if (!keywords)
    return success();
  if (keywords->size() > op.getArguments().size())
    return op.emitOpError() << "names " << keywords->size() << " keywords but has " << op.getArguments().size() << " arguments";
  llvm::StringSet<> seen;
  for (auto name : keywords->template getAsRange<StringAttr>())
    if (!seen.insert(name.getValue()).second)
      return op.emitOpError() << "repeats the keyword '" << name.getValue() << "'";
  return success();
}

LogicalResult CallOp::verify() { return verifyKeywords(*this); }
LogicalResult CallMethodOp::verify() { return verifyKeywords(*this); }
