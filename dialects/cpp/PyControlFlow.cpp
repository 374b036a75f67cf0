// `py.if`, `py.while`, `py.for` and their exits: assembly and verifiers.
//
//   %r = py.if %c -> (si64) { py.yield %a : si64 } else { py.yield %b : si64 }
//   %r = py.for %x : !py.object in %xs : !py.object iter_args(%a = %init : si64) { … } else (%e : si64) { … }
//   %r = py.while iter_args(%a = %init : si64) { py.condition %c, %a : si64 } do (%b : si64) { … } else (%e : si64) { … }
//
// Result types are written only where they differ from the carried values' types: `-> (…)`.
#include "Dialects.h"

using namespace mlir;
using namespace zouk::py;

using Arguments = SmallVectorImpl<OpAsmParser::Argument>;

// `(%a = %init : type, …)` after `iter_args`; `: type -> type` where the argument's type is not the value's
static ParseResult parseCarried(OpAsmParser &parser, OperationState &state, Arguments &arguments) {
  if (failed(parser.parseOptionalKeyword("iter_args")))
    return success();
  return parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, [&]() -> ParseResult {
    OpAsmParser::UnresolvedOperand init;
    auto &argument = arguments.emplace_back();
    if (parser.parseArgument(argument) || parser.parseEqual() || parser.parseOperand(init) || parser.parseColonType(argument.type) ||
        parser.resolveOperand(init, argument.type, state.operands))
      return failure();
    return failure(succeeded(parser.parseOptionalArrow()) && parser.parseType(argument.type));
  });
}

static void printCarried(OpAsmPrinter &p, ValueRange arguments, ValueRange inits) {
  if (inits.empty())
    return;
  p << " iter_args(";
  llvm::interleaveComma(llvm::zip(arguments, inits), p, [&](auto pair) {
    auto [argument, init] = pair;
    p << argument << " = " << init << " : " << init.getType();
    if (argument.getType() != init.getType())
      p << " -> " << argument.getType();
  });
  p << ')';
}

// `(%a : type, …)`
static ParseResult parseArguments(OpAsmParser &parser, Arguments &arguments) {
  return parser.parseArgumentList(arguments, OpAsmParser::Delimiter::OptionalParen, /*allowType=*/true);
}

static void printArguments(OpAsmPrinter &p, Block::BlockArgListType arguments) {
  if (arguments.empty())
    return;
  p << '(';
  llvm::interleaveComma(arguments, p, [&](BlockArgument a) { p << a << " : " << a.getType(); });
  p << ") ";
}

static ParseResult parseResults(OpAsmParser &parser, OperationState &state, Arguments &carried) {
  if (succeeded(parser.parseOptionalArrow()))
    return parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, [&] { return parser.parseType(state.types.emplace_back()); });
  for (auto &argument : carried)
    state.types.push_back(argument.type);
  return success();
}

static void printResults(OpAsmPrinter &p, TypeRange results, TypeRange carried) {
  if (results == carried)
    return;
  p << " -> (";
  llvm::interleaveComma(results, p);
  p << ")";
}

static void printBody(OpAsmPrinter &p, Region &region) { p.printRegion(region, /*printEntryBlockArgs=*/false, /*printBlockTerminators=*/true); }

// An `else` that only passes the carried values on is not written.
static bool isPlain(Region &region) {
  Block &block = region.front();
  auto yield = dyn_cast<YieldOp>(block.back());
  return yield && &block.front() == yield && llvm::equal(yield.getValues(), block.getArguments());
}

static ParseResult parseElse(OpAsmParser &parser, Region &region, TypeRange results) {
  SmallVector<OpAsmParser::Argument> arguments;
  if (succeeded(parser.parseOptionalKeyword("else")))
    return failure(parseArguments(parser, arguments) || parser.parseRegion(region, arguments));
  auto loc = parser.getEncodedSourceLoc(parser.getCurrentLocation());
  Block &block = region.emplaceBlock();
  block.addArguments(results, SmallVector<Location>(results.size(), loc));
  OpBuilder builder(parser.getContext()); // the region has no operation yet to take the context from
  builder.setInsertionPointToEnd(&block);
  YieldOp::create(builder, loc, block.getArguments());
  return success();
}

static void printElse(OpAsmPrinter &p, Region &region) {
  if (isPlain(region))
    return;
  p << " else ";
  printArguments(p, region.getArguments());
  printBody(p, region);
}

//===- py.if --------------------------------------------------------------===//

ParseResult IfOp::parse(OpAsmParser &parser, OperationState &state) {
  OpAsmParser::UnresolvedOperand condition;
  SmallVector<OpAsmParser::Argument> none;
  Region *thenRegion = state.addRegion(), *elseRegion = state.addRegion();
  if (parser.parseOperand(condition) || parser.resolveOperand(condition, parser.getBuilder().getI1Type(), state.operands) ||
      parseResults(parser, state, none) || parser.parseRegion(*thenRegion, {}) || parseElse(parser, *elseRegion, {}))
    return failure();
  return parser.parseOptionalAttrDict(state.attributes);
}

void IfOp::print(OpAsmPrinter &p) {
  p << ' ' << getCondition();
  printResults(p, getResultTypes(), {});
  p << ' ';
  printBody(p, getThenRegion());
  printElse(p, getElseRegion());
  p.printOptionalAttrDict((*this)->getAttrs());
}

//===- py.for -------------------------------------------------------------===//

ParseResult ForOp::parse(OpAsmParser &parser, OperationState &state) {
  SmallVector<OpAsmParser::Argument> arguments(1);
  OpAsmParser::UnresolvedOperand iterable;
  Type iterableType;
  if (succeeded(parser.parseOptionalKeyword("parallel")))
    state.addAttribute("parallel", parser.getBuilder().getUnitAttr());
  if (parser.parseArgument(arguments[0], /*allowType=*/true) || parser.parseKeyword("in") || parser.parseOperand(iterable) ||
      parser.parseColonType(iterableType) || parser.resolveOperand(iterable, iterableType, state.operands))
    return failure();
  SmallVector<OpAsmParser::Argument> carried;
  if (parseCarried(parser, state, carried) || parseResults(parser, state, carried))
    return failure();
  arguments.append(carried);
  Region *body = state.addRegion(), *otherwise = state.addRegion();
  if (parser.parseRegion(*body, arguments) || parseElse(parser, *otherwise, state.types))
    return failure();
  return parser.parseOptionalAttrDict(state.attributes);
}

void ForOp::print(OpAsmPrinter &p) {
  Block &body = getBodyRegion().front();
  if (getParallel())
    p << " parallel";
  BlockArgument item = body.getArgument(0);
  p << ' ' << item << " : " << item.getType() << " in " << getIterable() << " : " << getIterable().getType();
  printCarried(p, body.getArguments().drop_front(), getInits());
  printResults(p, getResultTypes(), ValueRange(body.getArguments().drop_front()).getTypes());
  p << ' ';
  printBody(p, getBodyRegion());
  printElse(p, getElseRegion());
  p.printOptionalAttrDict((*this)->getAttrs(), {"parallel"});
}

//===- py.while -----------------------------------------------------------===//

ParseResult WhileOp::parse(OpAsmParser &parser, OperationState &state) {
  SmallVector<OpAsmParser::Argument> carried, passed;
  if (parseCarried(parser, state, carried) || parseResults(parser, state, carried))
    return failure();
  Region *condition = state.addRegion(), *body = state.addRegion(), *otherwise = state.addRegion();
  if (parser.parseRegion(*condition, carried) || parser.parseKeyword("do") || parseArguments(parser, passed) ||
      parser.parseRegion(*body, passed))
    return failure();
  SmallVector<Type> types;
  for (auto &argument : passed)
    types.push_back(argument.type);
  if (parseElse(parser, *otherwise, types))
    return failure();
  return parser.parseOptionalAttrDict(state.attributes);
}

void WhileOp::print(OpAsmPrinter &p) {
  printCarried(p, getConditionRegion().getArguments(), getInits());
  printResults(p, getResultTypes(), getConditionRegion().getArgumentTypes());
  p << ' ';
  printBody(p, getConditionRegion());
  p << " do ";
  printArguments(p, getBodyRegion().getArguments());
  printBody(p, getBodyRegion());
  printElse(p, getElseRegion());
  p.printOptionalAttrDict((*this)->getAttrs());
}

//===- Verifiers ----------------------------------------------------------===//

bool zouk::py::compatible(Type a, Type b) { return a == b || isa<ObjectType>(a) || isa<ObjectType>(b); }

static LogicalResult verifyPasses(Operation *exit, ValueRange values, TypeRange expected, StringRef what) {
  if (values.size() != expected.size())
    return exit->emitOpError() << "passes " << values.size() << " values to the " << expected.size() << ' ' << what;
  for (auto [i, value, type] : llvm::enumerate(values, expected))
    if (!compatible(value.getType(), type))
      return exit->emitOpError() << "passes " << value.getType() << " as value " << i << " of the " << what << ", which is " << type;
  return success();
}

// The region's end; only a `py.yield` leads on.
static LogicalResult verifyEnd(Region &region, TypeRange expected, StringRef what) {
  Operation &end = region.front().back();
  if (auto yield = dyn_cast<YieldOp>(end))
    return verifyPasses(yield, yield.getValues(), expected, what);
  if (isa<BreakOp, ContinueOp, ReturnOp, RaiseOp>(end))
    return success();
  return end.emitOpError() << "cannot end a region of '" << region.getParentOp()->getName() << "'";
}

static LogicalResult verifyArguments(Operation *op, TypeRange arguments, TypeRange expected, StringRef what) {
  if (arguments.size() != expected.size())
    return op->emitOpError() << "has " << arguments.size() << " arguments in " << what << ", but carries " << expected.size() << " values";
  for (auto [argument, type] : llvm::zip(arguments, expected))
    if (!compatible(argument, type))
      return op->emitOpError() << "has an argument of type " << argument << " in " << what << ", but carries " << type;
  return success();
}

LogicalResult IfOp::verify() {
  if (getThenRegion().getNumArguments() + getElseRegion().getNumArguments() != 0)
    return emitOpError("has a region with arguments");
  if (failed(verifyEnd(getThenRegion(), getResultTypes(), "results")))
    return failure();
  return verifyEnd(getElseRegion(), getResultTypes(), "results");
}

LogicalResult ForOp::verify() {
  auto body = getBodyRegion().getArgumentTypes();
  if (body.empty())
    return emitOpError("needs an argument for the item in its body");
  TypeRange carried(getInits());
  if (failed(verifyArguments(*this, TypeRange(body).drop_front(), carried, "its body")) ||
      failed(verifyArguments(*this, getElseRegion().getArgumentTypes(), carried, "its else region")) ||
      failed(verifyEnd(getBodyRegion(), TypeRange(body).drop_front(), "carried values")))
    return failure();
  return verifyEnd(getElseRegion(), getResultTypes(), "results");
}

LogicalResult WhileOp::verify() {
  TypeRange carried(getInits());
  auto condition = dyn_cast<ConditionOp>(getConditionRegion().front().back());
  if (!condition)
    return emitOpError("needs py.condition at the end of its condition region");
  TypeRange passed(condition.getValues());
  if (failed(verifyArguments(*this, getConditionRegion().getArgumentTypes(), carried, "its condition region")) ||
      failed(verifyArguments(*this, getBodyRegion().getArgumentTypes(), passed, "its body")) ||
      failed(verifyArguments(*this, getElseRegion().getArgumentTypes(), passed, "its else region")) ||
      failed(verifyEnd(getBodyRegion(), getConditionRegion().getArgumentTypes(), "carried values")))
    return failure();
  return verifyEnd(getElseRegion(), getResultTypes(), "results");
}

// The loop that `break` and `continue` belong to: an `else` or condition region is outside its own loop.
static Operation *enclosingLoop(Operation *op) {
  for (Region *region = op->getParentRegion(); region; region = region->getParentRegion()) {
    Operation *parent = region->getParentOp();
    if (auto loop = dyn_cast<ForOp>(parent); loop && region == &loop.getBodyRegion())
      return loop;
    if (auto loop = dyn_cast<WhileOp>(parent); loop && region == &loop.getBodyRegion())
      return loop;
  }
  return nullptr;
}

LogicalResult BreakOp::verify() {
  Operation *loop = enclosingLoop(*this);
  if (!loop)
    return emitOpError("is outside a loop");
  return verifyPasses(*this, getValues(), loop->getResultTypes(), "results of the loop");
}

LogicalResult ContinueOp::verify() {
  Operation *loop = enclosingLoop(*this);
  if (!loop)
    return emitOpError("is outside a loop");
  Block &head = loop->getRegion(0).front();
  ValueRange carried = isa<ForOp>(loop) ? ValueRange(head.getArguments().drop_front()) : ValueRange(head.getArguments());
  return verifyPasses(*this, getValues(), TypeRange(carried), "carried values");
}

LogicalResult ReturnOp::verify() {
  auto function = (*this)->getParentOfType<FunctionOpInterface>();
  if (!function)
    return emitOpError("is outside a function");
  auto results = function.getResultTypes();
  if (results.size() != 1)
    return emitOpError() << "gives one value, but the function has " << results.size() << " results";
  if (!compatible(getValue().getType(), results[0]))
    return emitOpError() << "gives " << getValue().getType() << ", but the function's result is " << results[0];
  return success();
}
