"""Python code of a function, read off its bytecode: of one whose text is nowhere to be found.

It need not be the text that the function was made of, and it may be wrong where bytecode is read wrongly: it counts only if Python compiles it to the function's
very code again, which the caller checks. What is not understood gives nothing.
"""

import ast
import dis

_BINARY = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "//": ast.FloorDiv, "%": ast.Mod, "**": ast.Pow, "@": ast.MatMult,
    "<<": ast.LShift, ">>": ast.RShift, "&": ast.BitAnd, "|": ast.BitOr, "^": ast.BitXor,
}  # fmt: skip
_COMPARE = {"<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE, "==": ast.Eq, "!=": ast.NotEq}
_UNARY = {"UNARY_NEGATIVE": ast.USub, "UNARY_NOT": ast.Not, "UNARY_INVERT": ast.Invert, "UNARY_POSITIVE": ast.UAdd}
_IGNORED = {"RESUME", "NOP", "CACHE", "PRECALL", "EXTENDED_ARG", "COPY_FREE_VARS", "MAKE_CELL", "TO_BOOL", "END_FOR", "POP_ITER", "NOT_TAKEN"}
# Stands on the stack where calls have nothing.
_NULL = object()


class Unknown(Exception):
    """What this module does not understand."""


def text_of(function):
    """The definition of the function on the line where it was; None where its bytecode is not understood."""
    code = function.__code__
    try:
        body = _Reader(code).function()
        definition = ast.unparse(ast.fix_missing_locations(_definition(function, body)))
    except (Unknown, IndexError, KeyError, AttributeError, ValueError, RecursionError):
        return None
    if code.co_freevars:
        definition = "\n".join(f"        {line}" for line in definition.splitlines())
    return "\n" * (code.co_firstlineno - 1) + definition + "\n"


def _definition(function, body):
    code = function.__code__
    if code.co_flags & 0x0C:
        raise Unknown
    names = [ast.arg(name) for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]]
    positional, only = names[: code.co_argcount], names[code.co_argcount :]
    # What the defaults are is asked of the function itself.
    arguments = ast.arguments(
        positional[: code.co_posonlyargcount], positional[code.co_posonlyargcount :], None, only,
        [ast.Constant(None) if (function.__kwdefaults__ or {}).get(each.arg, _NULL) is not _NULL else None for each in only],
        None, [ast.Constant(None)] * len(function.__defaults__ or ()),
    )  # fmt: skip
    if function.__doc__ is not None:
        body = [ast.Expr(ast.Constant(function.__doc__)), *body]
    return ast.FunctionDef(code.co_name, arguments, body or [ast.Pass()], [], None)


def _same(a, b):
    return ast.dump(a) == ast.dump(b)


class _InPlace(ast.BinOp):
    """The value of `left op= right` before it is stored."""


class _Reader:
    """Statements of the instructions between two places. `loops` has the heads and ends of the loops around, and whether they are over an iterator, which is on the stack.

    A place that is the `tail` of a loop is followed by its next iteration.
    """

    def __init__(self, code):
        self.constants = code.co_consts
        self.all = [each for each in dis.get_instructions(code) if each.opname not in _IGNORED or each.is_jump_target]
        self.place = {each.offset: i for i, each in enumerate(self.all)}
        self.place[len(code.co_code)] = len(self.all)
        self.loops = []
        self.keywords = ()
        self.leaving = False

    def function(self):
        statements = self.block(0, len(self.all))
        # What Python adds at the end.
        if statements and isinstance(statements[-1], ast.Return) and statements[-1].value is None:
            statements.pop()
        return statements

    def target(self, instruction):
        return self.place[instruction.argval]

    def block(self, start, end, tail=False):
        statements, stack = [], []
        self.run(start, end, statements, stack, tail)
        if stack:
            raise Unknown
        return statements

    def run(self, i, end, statements, stack, tail=False):
        """Reads instructions onto the stack and into the statements."""
        while i < end:
            if not stack:
                # Where the expression of a test starts.
                self.started = i
            loop = self.endless(i, end)
            i = self.endless_loop(i, loop, statements) if loop is not None and not stack else self.step(i, end, statements, stack, tail)
        if i != end:
            raise Unknown

    # Loops.

    def endless(self, i, end):
        """The last jump back to here, of a loop without a condition."""
        if any(head == i for head, *_ in self.loops):
            return None
        back = [k for k in range(i, end) if self.all[k].opname == "JUMP_BACKWARD" and self.target(self.all[k]) == i]
        return back[-1] if back and not self.all[i].opname == "FOR_ITER" else None

    def endless_loop(self, i, last, statements):
        self.loops.append((i, last + 1, False))
        body = self.block(i, last, True)
        self.loops.pop()
        statements.append(ast.While(ast.Constant(True), body, []))
        return last + 1

    def for_loop(self, i, statements, stack):
        head, end = i, self.target(self.all[i])
        iterable, targets = stack.pop(), []
        # The item is stored first of all.
        i = self.stores(i + 1, targets)
        last = end - 1
        closes = self.all[last].opname == "JUMP_BACKWARD" and self.target(self.all[last]) == head
        self.loops.append((head, end, True))
        body = self.block(i, last if closes else end, True)
        self.loops.pop()
        statements.append(ast.For(targets[0], iterable, body or [ast.Pass()], []))
        return end

    def stores(self, i, targets):
        """The targets that a value is stored to: names, or a tuple of such."""
        each = self.all[i]
        if each.opname == "UNPACK_SEQUENCE":
            parts, i = [], i + 1
            for _ in range(each.arg):
                i = self.stores(i, parts)
            targets.append(ast.Tuple(parts, ast.Store()))
            return i
        if each.opname not in ("STORE_FAST", "STORE_DEREF", "STORE_GLOBAL"):
            raise Unknown
        targets.append(ast.Name(each.argval, ast.Store()))
        return i + 1

    # Conditions.

    def conditions(self, i, stack):
        """All conditions of a test from the first jump on: (start, value, whether it jumps on True, target), and where the code after them starts."""
        chain = [(i, *self.jump(self.all[i], stack))]
        i += 1
        while True:
            start, values, k = i, [], i
            try:
                while not self.all[k].opname.startswith("POP_JUMP"):
                    if self.all[k].opname.startswith(("STORE", "JUMP", "RETURN", "POP", "FOR", "RAISE")):
                        return chain, start
                    k = self.step(k, len(self.all), [], values)
                test = self.all[k]
                if len(values) != 1 or not self.belongs(chain, start, test, k):
                    return chain, start
            except (Unknown, IndexError):
                return chain, start
            chain.append((start, *self.jump(test, values)))
            i = k + 1

    def jump(self, test, stack):
        """The value of a test, whether it jumps on True, and where to."""
        value = stack.pop()
        if test.opname.endswith("NONE"):
            value = ast.Compare(value, [ast.Is()], [ast.Constant(None)])
        return value, "TRUE" in test.opname or test.opname.endswith("IF_NONE"), self.target(test)

    def belongs(self, chain, start, test, k):
        """Whether a jump is another condition of the test, and no test of its own."""
        targets = {target for _, _, _, target in chain}
        return self.target(test) in targets or k + 1 in targets or start in targets

    def tested(self, chain, true, false):
        """The value of conditions that lead to `true` or `false`."""
        (start, value, on_true, target), rest = chain[0], chain[1:]
        if not rest:
            if target == (true if on_true else false):
                return value
            if target == (false if on_true else true):
                return ast.UnaryOp(ast.Not(), value)
            raise Unknown
        if target == (true if on_true else false):
            return _joined(ast.Or() if on_true else ast.And(), value, self.tested(rest, true, false))
        if target in (true, false):
            return _joined(ast.And() if on_true else ast.Or(), ast.UnaryOp(ast.Not(), value), self.tested(rest, true, false))
        at = next((n for n, (place, *_) in enumerate(chain) if place == target and n), None)
        if at is None:
            raise Unknown
        if on_true:
            return _joined(ast.And(), self.tested(chain[:at], target, false), self.tested(chain[at:], true, false))
        return _joined(ast.Or(), self.tested(chain[:at], true, target), self.tested(chain[at:], true, false))

    def branch(self, i, end, statements, stack, tail):
        started = self.started
        chain, body = self.conditions(i, stack)
        otherwise = chain[-1][3]
        test = self.tested(chain, body, otherwise)
        if self.loops and otherwise == self.loops[-1][0] and tail and not stack:
            # The rest of the loop's body is under the condition.
            statements.append(ast.If(test, self.block(body, end, True), []))
            return end
        if not body < otherwise <= end:
            raise Unknown
        again = [k for k in range(body, otherwise) if self.all[k].opname.startswith("POP_JUMP_BACKWARD") and self.target(self.all[k]) == body]
        if again and not stack:
            # What may stand between the loop and its end leaves the function, as what follows does.
            self.while_loop(body - started, body, again[-1] + 1, otherwise, test, statements)
            return otherwise
        closing = self.all[otherwise - 1]
        if closing.opname == "JUMP_BACKWARD" and self.loops and self.target(closing) == self.loops[-1][0] and tail and body < otherwise - 1 and otherwise < end:
            statements.append(ast.If(test, self.block(body, otherwise - 1, True), self.block(otherwise, end, True)))
            return end
        if closing.opname == "JUMP_FORWARD" and otherwise <= self.target(closing) <= end and not self.breaks(closing):
            join = self.target(closing)
            inner, value = [], []
            self.run(body, otherwise - 1, inner, value)
            others, other = [], []
            self.run(otherwise, join, others, other, tail and join == end)
            if value and other and not inner and not others and len(value) == len(other) == 1:
                stack.append(ast.IfExp(test, value[0], other[0]))
            elif value or other:
                raise Unknown
            else:
                statements.append(ast.If(test, inner or [ast.Pass()], others))
            return join
        inner = self.block(body, otherwise, tail and otherwise == end)
        asserts = len(inner) == 1 and isinstance(inner[0], ast.Assert)
        if asserts and isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            statements.append(ast.Assert(test.operand, inner[0].msg))
        else:
            statements.append(ast.If(test, inner or [ast.Pass()], []))
        return otherwise

    def breaks(self, jump):
        return bool(self.loops) and self.target(jump) == self.loops[-1][1]

    def while_loop(self, length, body, end, exit, test, statements):
        # The test stands behind the body again: as many instructions as before it.
        self.loops.append((end - length, exit, False))
        inner = self.block(body, end - length)
        self.loops.pop()
        statements.append(ast.While(test, inner or [ast.Pass()], []))

    # One instruction.

    def step(self, i, end, statements, stack, tail=False):
        each = self.all[i]
        name = each.opname
        if name == "FOR_ITER":
            return self.for_loop(i, statements, stack)
        if name.startswith("POP_JUMP"):
            return self.branch(i, end, statements, stack, tail)
        if name in ("JUMP_IF_FALSE_OR_POP", "JUMP_IF_TRUE_OR_POP"):
            join, rest = self.target(each), []
            self.run(i + 1, join, [], rest)
            stack.append(_joined(ast.And() if "FALSE" in name else ast.Or(), stack.pop(), rest.pop()))
            return join
        if name == "POP_TOP" and not stack and self.loops and self.loops[-1][2]:
            # The iterator goes: what follows leaves the loop.
            self.leaving = True
        elif name.startswith("JUMP") and self.loops and (self.breaks(each) or self.leaving):
            self.leaving = False
            statements.append(ast.Break())
        elif name == "JUMP_BACKWARD" and self.loops and self.target(each) == self.loops[-1][0]:
            statements.append(ast.Continue())
        elif name == "SWAP" and each.arg == 2 and len(stack) == 1 and self.loops and self.all[i + 1].opname == "POP_TOP":
            # The iterator goes before a value is returned.
            return i + 2
        elif name == "SWAP" and self.all[i + 1].opname == "STORE_FAST":
            return self.swapped(i, each.arg, statements, stack)
        elif name == "STORE_FAST" and len(stack) > 1 and all(other.opname == "STORE_FAST" for other in self.all[i : i + len(stack)]):
            # `a, b = b, a`: the last value is stored first.
            targets = [ast.Name(other.argval, ast.Store()) for other in reversed(self.all[i : i + len(stack)])]
            statements.append(ast.Assign([ast.Tuple(targets, ast.Store())], ast.Tuple(_popped(stack, len(stack)), ast.Load()), lineno=0))
            return i + len(targets)
        elif name == "UNPACK_SEQUENCE":
            targets = []
            i = self.stores(i, targets)
            statements.append(ast.Assign(targets, stack.pop(), lineno=0))
            return i
        elif name not in _IGNORED and not self.statement(each, statements, stack):
            self.expression(each, stack)
        return i + 1

    def swapped(self, i, count, statements, stack):
        """`a, b = b, a`"""
        targets, k = [], i + 1
        if count == 3 and self.all[k].opname == "SWAP":
            k += 1
        for _ in range(count):
            k = self.stores(k, targets)
        values = stack[-count:]
        del stack[-count:]
        statements.append(ast.Assign([ast.Tuple(targets, ast.Store())], ast.Tuple(values, ast.Load()), lineno=0))
        return k

    def statement(self, each, statements, stack):
        name = each.opname
        if name in ("STORE_FAST", "STORE_DEREF", "STORE_GLOBAL"):
            _assign(statements, ast.Name(each.argval, ast.Store()), stack.pop())
        elif name == "STORE_SUBSCR":
            index, array, value = stack.pop(), stack.pop(), stack.pop()
            _assign(statements, ast.Subscript(array, index, ast.Store()), value)
        elif name == "STORE_ATTR":
            owner, value = stack.pop(), stack.pop()
            _assign(statements, ast.Attribute(owner, each.argval, ast.Store()), value)
        elif name == "POP_TOP":
            statements.append(ast.Expr(stack.pop()))
        elif name in ("RETURN_VALUE", "RETURN_CONST"):
            value = ast.Constant(each.argval) if name == "RETURN_CONST" else stack.pop()
            self.leaving = False
            statements.append(ast.Return(None if isinstance(value, ast.Constant) and value.value is None else value))
        elif name == "RAISE_VARARGS" and each.arg == 1:
            raised = stack.pop()
            call = raised if isinstance(raised, ast.Call) else None
            if isinstance(call.func if call else raised, _AssertionError):
                statements.append(ast.Assert(ast.Constant(False), call.args[0] if call else None))
            else:
                statements.append(ast.Raise(raised, None))
        else:
            return False
        return True

    def expression(self, each, stack):
        name, value = each.opname, each.argval
        if name == "LOAD_CONST":
            stack.append(_constant(value))
        elif name in ("LOAD_FAST", "LOAD_DEREF", "LOAD_FAST_CHECK"):
            stack.append(ast.Name(value, ast.Load()))
        elif name == "LOAD_GLOBAL":
            stack.extend([_NULL] * (each.arg & 1) + [ast.Name(value, ast.Load())])
        elif name == "LOAD_ASSERTION_ERROR":
            stack.append(_AssertionError("AssertionError", ast.Load()))
        elif name in ("LOAD_ATTR", "LOAD_METHOD"):
            found = ast.Attribute(stack.pop(), value, ast.Load())
            stack.extend([_NULL, found] if name == "LOAD_METHOD" else [found])
        elif name == "PUSH_NULL":
            stack.append(_NULL)
        elif name == "KW_NAMES":
            self.keywords = self.constants[each.arg]
        elif name == "CALL":
            self.call(each.arg, stack)
        elif name == "BINARY_OP":
            right, left = stack.pop(), stack.pop()
            sign = each.argrepr
            kind = _InPlace if sign.endswith("=") else ast.BinOp
            stack.append(kind(left, _BINARY[sign.rstrip("=")](), right))
        elif name in _UNARY:
            stack.append(ast.UnaryOp(_UNARY[name](), stack.pop()))
        elif name in ("COMPARE_OP", "IS_OP", "CONTAINS_OP"):
            right, left = stack.pop(), stack.pop()
            negated = {"IS_OP": (ast.Is, ast.IsNot), "CONTAINS_OP": (ast.In, ast.NotIn)}.get(name)
            stack.append(ast.Compare(left, [(negated[each.arg] if negated else _COMPARE[each.argrepr])()], [right]))
        elif name == "BINARY_SUBSCR":
            index, array = stack.pop(), stack.pop()
            stack.append(ast.Subscript(array, index, ast.Load()))
        elif name == "BUILD_SLICE":
            parts = _popped(stack, each.arg)
            parts = [None if isinstance(part, ast.Constant) and part.value is None else part for part in parts]
            stack.append(ast.Slice(*parts))
        elif name in ("BUILD_TUPLE", "BUILD_LIST"):
            stack.append((ast.Tuple if name == "BUILD_TUPLE" else ast.List)(_popped(stack, each.arg), ast.Load()))
        elif name == "LIST_EXTEND" and each.arg == 1 and isinstance(stack[-1], ast.Tuple) and not stack[-2].elts:
            stack[-2:] = [ast.List(stack[-1].elts, ast.Load())]
        elif name == "GET_ITER":
            pass
        elif name == "COPY":
            stack.append(stack[-each.arg])
        elif name == "SWAP":
            stack[-1], stack[-each.arg] = stack[-each.arg], stack[-1]
        else:
            raise Unknown(name)

    def call(self, count, stack):
        arguments = _popped(stack, count)
        callee = stack.pop()
        if callee is _NULL:
            callee = stack.pop()
        elif stack and stack[-1] is _NULL:
            stack.pop()
        elif stack and isinstance(stack[-1], _AssertionError):
            # The message of `assert`.
            arguments, callee, count = [callee], stack.pop(), 1
        named = len(self.keywords)
        keywords = [ast.keyword(name, argument) for name, argument in zip(self.keywords, arguments[count - named :])]
        self.keywords = ()
        stack.append(ast.Call(callee, arguments[: count - named], keywords))


class _AssertionError(ast.Name):
    """The exception as `assert` names it."""


def _popped(stack, count):
    found = stack[len(stack) - count :]
    if len(found) != count:
        raise Unknown
    del stack[len(stack) - count :]
    return found


def _constant(value):
    if isinstance(value, tuple):
        return ast.Tuple([_constant(part) for part in value], ast.Load())
    if isinstance(value, (bool, int, float, complex, str, bytes, type(None), type(Ellipsis))):
        return ast.Constant(value)
    raise Unknown


def _joined(operator, *values):
    parts = []
    for value in values:
        same = isinstance(value, ast.BoolOp) and type(value.op) is type(operator)
        parts.extend(value.values if same else [value])
    return ast.BoolOp(operator, parts)


def _loaded(target):
    return ast.parse(ast.unparse(ast.fix_missing_locations(target)), mode="eval").body


def _assign(statements, target, value):
    if isinstance(value, _InPlace):
        if not _same(_loaded(target), _loaded(value.left)):
            raise Unknown
        statements.append(ast.AugAssign(target, value.op, value.right))
    else:
        statements.append(ast.Assign([target], value, lineno=0))
