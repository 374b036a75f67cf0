//! The subscripts of `numpy.einsum`: `"ij,jk->ik"` becomes a number for each axis of each operand, equal ones for equal letters.

use crate::functions::rules::Rule;
use crate::functions::{Bound, CallError, Const, TyArg, Typed};
use crate::lower_python::shape_text;
use zouk_dialects::ty::Ty;

/// (labels of each operand, labels of the result, labels that are summed over by the alphabet, names of the labels, text for lengths that do not fit), or the text of NumPy's ValueError.
pub(super) fn einsum_rule(a: &Bound<TyArg>) -> Rule {
    let Some(Const::Str(subscripts)) = &a[0].constant else { return Err(CallError::new("the subscripts of einsum() must be a constant text")) };
    let ranks = match &a[1].constant {
        Some(Const::Tuple(ranks)) => ranks.iter().map(|rank| if let Const::Int(rank) = rank { usize::try_from(*rank).ok() } else { None }).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    let Some(ranks) = ranks else { return Err(CallError::new("the ranks must be a constant tuple")) };
    Ok(match Subscripts::parse(subscripts, &ranks) {
        Ok(found) => found.typed(matches!(a[2].constant, Some(Const::Bool(true)))),
        Err(text) => Typed { ty: Ty::Str, constant: Some(Const::Str(text)) },
    })
}

/// A letter, or an axis that an ellipsis stands for, counted from the last one.
#[derive(Clone, Copy, PartialEq)]
enum Label {
    Letter(char),
    Ellipsis(usize),
}

struct Subscripts {
    operands: Vec<Vec<Label>>,
    result: Vec<Label>,
}

impl Subscripts {
    fn parse(text: &str, ranks: &[usize]) -> Result<Self, String> {
        let (inputs, arrow) = text.find('-').map_or((text, None), |i| (&text[..i], Some(&text[i..])));
        let inputs: Vec<&str> = inputs.split(',').collect();
        // NumPy reads operand by operand: what is wrong with an earlier one is told first.
        let mut operands = vec![];
        for (i, rank) in ranks.iter().enumerate() {
            let Some(input) = inputs.get(i) else { return Err(count_error("fewer")) };
            operands.push(operand(input, *rank, i)?);
        }
        if inputs.len() > ranks.len() {
            return Err(count_error("more"));
        }
        let output = match arrow {
            None => None,
            Some(arrow) => Some(arrow.strip_prefix("->").ok_or("einstein sum subscript string does not contain proper '->' output specified")?),
        };
        let broadcast = operands.iter().flatten().filter_map(|label| if let Label::Ellipsis(i) = label { Some(i + 1) } else { None }).max().unwrap_or(0);
        let result = match output {
            Some(output) => explicit(output, &operands, broadcast)?,
            None => implicit(&operands, broadcast),
        };
        Ok(Subscripts { operands, result })
    }

    fn typed(self, with_output: bool) -> Typed {
        let mut known: Vec<Label> = vec![];
        for label in self.operands.iter().flatten() {
            if !known.contains(label) {
                known.push(*label);
            }
        }
        let number = |label: &Label| Const::Int(known.iter().position(|other| other == label).unwrap_or_default() as i128);
        let numbers = |labels: &Vec<Label>| (Ty::Tuple(vec![Ty::I64; labels.len()]), Const::Tuple(labels.iter().map(number).collect()));
        let names = known.iter().map(|label| match label {
            Label::Letter(letter) => Const::Str(letter.to_string()),
            Label::Ellipsis(_) => Const::Str("...".into()),
        });
        let (types, labels): (Vec<_>, Vec<_>) = self.operands.iter().map(numbers).unzip();
        let (result_type, result) = numbers(&self.result);
        let mut contracted: Vec<Label> = known.iter().filter(|label| !self.result.contains(label)).copied().collect();
        contracted.sort_by_key(|label| if let Label::Letter(letter) = label { Some(*letter) } else { None });
        let message = self.mismatch(&[&self.result[..], &contracted].concat(), with_output);
        let (contracted_type, contracted) = numbers(&contracted);
        Typed {
            ty: Ty::Tuple(vec![Ty::Tuple(types), result_type, contracted_type, Ty::Tuple(vec![Ty::Str; known.len()]), Ty::Str]),
            constant: Some(Const::Tuple(vec![Const::Tuple(labels), result, contracted, Const::Tuple(names.collect()), Const::Str(message)])),
        }
    }
}

impl Subscripts {
    /// What NumPy's iterator says of operands that do not fit: the shape of each, a `{}` for each length, and where its axes went among the labels.
    fn mismatch(&self, order: &[Label], with_output: bool) -> String {
        let output = Some(&self.result).filter(|_| with_output);
        let operands: Vec<String> = self.operands.iter().chain(output).map(|labels| remapped(labels, order)).collect();
        format!("operands could not be broadcast together with remapped shapes [original->remapped]: {} ", operands.join(" "))
    }
}

/// `({},{})->({},newaxis,{})`: a label that is repeated is one axis, and new axes are not shown before the first of its own.
fn remapped(labels: &[Label], order: &[Label]) -> String {
    let axes = order.iter().filter(|label| labels.contains(label)).count();
    let shown: Vec<&str> = order.iter().map(|label| if labels.contains(label) { "{}" } else { "newaxis" }).skip_while(|axis| *axis == "newaxis").collect();
    let comma = if order.len() == 1 { "," } else { "" };
    format!("{}->({}{comma})", shape_text(axes), shown.join(","))
}

fn count_error(which: &str) -> String {
    format!("{which} operands provided to einstein sum function than specified in the subscripts string")
}

/// The letters before and after an ellipsis, if there is one.
fn parts(text: &str, place: &str) -> Result<(Vec<char>, Option<Vec<char>>), String> {
    let text: String = text.chars().filter(|c| *c != ' ').collect();
    let (front, back) = match text.split_once("...") {
        Some((front, back)) => (front, Some(back)),
        None => (text.as_str(), None),
    };
    for letter in front.chars().chain(back.unwrap_or_default().chars()) {
        if letter == '.' {
            let rest = if place == "output" { "in the output".into() } else { format!("in {place}") };
            return Err(format!("einstein sum subscripts string contains a '.' that is not part of an ellipsis ('...') {rest}"));
        }
        if !letter.is_ascii_alphabetic() {
            return Err(format!("invalid subscript '{letter}' in einstein sum subscripts string, subscripts must be letters"));
        }
    }
    Ok((front.chars().collect(), back.map(|back| back.chars().collect())))
}

fn operand(text: &str, rank: usize, i: usize) -> Result<Vec<Label>, String> {
    let (front, back) = parts(text, &format!("operand {i}"))?;
    let letters = front.len() + back.as_ref().map_or(0, Vec::len);
    if letters > rank {
        return Err(format!("einstein sum subscripts string contains too many subscripts for operand {i}"));
    }
    if letters < rank && back.is_none() {
        return Err("operand has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to broadcast the extra dimensions.".into());
    }
    Ok(with_ellipsis(&front, rank - letters, &back.unwrap_or_default()))
}

fn with_ellipsis(front: &[char], count: usize, back: &[char]) -> Vec<Label> {
    let letters = |letters: &[char]| letters.iter().map(|letter| Label::Letter(*letter)).collect::<Vec<_>>();
    [letters(front), (0..count).rev().map(Label::Ellipsis).collect(), letters(back)].concat()
}

fn explicit(text: &str, operands: &[Vec<Label>], broadcast: usize) -> Result<Vec<Label>, String> {
    let (front, back) = parts(text, "output")?;
    if broadcast > 0 && back.is_none() {
        return Err("output has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to broadcast the extra dimensions.".into());
    }
    let back = back.unwrap_or_default();
    for (i, letter) in front.iter().chain(&back).enumerate() {
        if front.iter().chain(&back).take(i).any(|other| other == letter) {
            return Err(format!("einstein sum subscripts string includes output subscript '{letter}' multiple times"));
        }
        if !operands.iter().flatten().any(|label| *label == Label::Letter(*letter)) {
            return Err(format!("einstein sum subscripts string included output subscript '{letter}' which never appeared in an input"));
        }
    }
    Ok(with_ellipsis(&front, broadcast, &back))
}

/// What ellipses stand for, and then the letters that are written once, by the alphabet.
fn implicit(operands: &[Vec<Label>], broadcast: usize) -> Vec<Label> {
    let all: Vec<char> = operands.iter().flatten().filter_map(|label| if let Label::Letter(letter) = label { Some(*letter) } else { None }).collect();
    let mut once: Vec<char> = all.iter().copied().filter(|letter| all.iter().filter(|other| *other == letter).count() == 1).collect();
    once.sort_unstable();
    with_ellipsis(&[], broadcast, &once)
}
