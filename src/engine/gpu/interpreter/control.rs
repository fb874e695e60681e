//! Statements, loops and calls.

use super::operators::{binary, math};
use super::values::{Memory, members, words};
use super::{Frame, LOCAL, Workgroup};
use naga::valid::FunctionInfo;
use naga::{AtomicFunction, BinaryOperator, Block, Expression, Function, GatherMode, Handle, MathFunction, Statement};
use std::mem::replace;
use wgpu::naga;

impl<'a> Workgroup<'a> {
    /// Calls a function for the invocations of `active`; returns its result's words, one invocation after the other.
    pub fn call(
        &mut self,
        function: &'a Function,
        info: &'a FunctionInfo,
        arguments: Vec<Vec<u32>>,
        active: u64,
    ) -> Vec<u32> {
        let types = &self.kernel.module.types;
        let size = |ty| words(types, &types[ty].inner);
        let locals = function.local_variables.iter().map(|(_, local)| Memory::of_each(self.lanes, size(local.ty)));
        let mut frame = Frame {
            function,
            info,
            arguments,
            values: vec![Vec::new(); function.expressions.len()],
            locals: locals.collect(),
            result: vec![0; self.lanes * function.result.as_ref().map_or(0, |result| size(result.ty))],
            broke: 0,
            continued: 0,
        };
        self.evaluate_constants(&mut frame);
        for (n, (_, local)) in function.local_variables.iter().enumerate() {
            if let Some(init) = local.init {
                frame.locals[n].words.copy_from_slice(&frame.values[init.index()]);
            }
        }
        self.block(&mut frame, &function.body, active);
        frame.result
    }

    /// Returns the memory of a variable, given by its number in a pointer.
    pub fn memory<'b>(&'b mut self, frame: &'b mut Frame<'a>, variable: u32) -> &'b mut Memory {
        match variable.checked_sub(LOCAL) {
            Some(local) => &mut frame.locals[local as usize],
            None => &mut self.globals[variable as usize],
        }
    }

    /// Runs a block; returns the invocations that reach its end.
    fn block(&mut self, frame: &mut Frame<'a>, block: &'a Block, mut active: u64) -> u64 {
        for statement in block {
            if active == 0 {
                break;
            }
            active = self.statement(frame, statement, active);
        }
        active
    }

    /// Runs a statement; returns the invocations that go on after it.
    fn statement(&mut self, frame: &mut Frame<'a>, statement: &'a Statement, active: u64) -> u64 {
        match *statement {
            Statement::Emit(ref range) => range.clone().for_each(|handle| self.evaluate(frame, handle, active)),
            Statement::Block(ref block) => return self.block(frame, block, active),
            Statement::If { condition, ref accept, ref reject } => {
                let holds = self.holding(frame, condition, active);
                return self.block(frame, accept, holds) | self.block(frame, reject, active & !holds);
            }
            Statement::Loop { ref body, ref continuing, break_if } => {
                return self.iterate(frame, [body, continuing], break_if, active);
            }
            Statement::Break => {
                frame.broke |= active;
                return 0;
            }
            Statement::Continue => {
                frame.continued |= active;
                return 0;
            }
            Statement::Return { value } => {
                if let Some(value) = value {
                    let width = frame.result.len() / self.lanes;
                    for lane in members(active) {
                        let words = frame.value(self.lanes, value, lane).to_vec();
                        frame.result[lane * width..][..width].copy_from_slice(&words);
                    }
                }
                return 0;
            }
            // All invocations are here: lockstep does the rest.
            Statement::ControlBarrier(_) | Statement::MemoryBarrier(_) => {}
            Statement::Store { pointer, value } => {
                for lane in members(active) {
                    let words = frame.value(self.lanes, value, lane).to_vec();
                    self.place(frame, pointer, lane, words.len()).copy_from_slice(&words);
                }
            }
            Statement::Atomic { pointer, fun, value, result } => {
                self.atomic(frame, pointer, fun, value, result, active)
            }
            Statement::Call { function, ref arguments, result } => {
                let arguments = arguments.iter().map(|argument| frame.values[argument.index()].clone()).collect();
                let (kernel, called) = (self.kernel, &self.kernel.module.functions[function]);
                let words = self.call(called, &kernel.info[function], arguments, active);
                if let Some(result) = result {
                    frame.values[result.index()] = words;
                }
            }
            Statement::SubgroupGather { mode: GatherMode::ShuffleXor(distance), argument, result } => {
                let from = |lane: usize| lane ^ frame.value(self.lanes, distance, lane)[0] as usize;
                let gathered = (0..self.lanes).map(|lane| frame.value(self.lanes, argument, from(lane))[0]);
                frame.values[result.index()] = gathered.collect();
            }
            ref other => panic!("{other:?}"),
        }
        active
    }

    /// Returns the invocations of `active` where a condition holds.
    fn holding(&self, frame: &Frame<'a>, condition: Handle<Expression>, active: u64) -> u64 {
        let holds = members(active).filter(|lane| frame.value(self.lanes, condition, *lane)[0] == 1);
        holds.fold(0, |set, lane| set | 1 << lane)
    }

    /// Runs a loop until all invocations have left it; returns those that go on after it.
    fn iterate(
        &mut self,
        frame: &mut Frame<'a>,
        [body, continuing]: [&'a Block; 2],
        break_if: Option<Handle<Expression>>,
        active: u64,
    ) -> u64 {
        let around = (replace(&mut frame.broke, 0), replace(&mut frame.continued, 0));
        let mut inside = active;
        while inside != 0 {
            self.iterations += 1;
            let end = self.block(frame, body, inside);
            let next = end | replace(&mut frame.continued, 0);
            inside = self.block(frame, continuing, next);
            let left = break_if.map_or(0, |condition| self.holding(frame, condition, inside));
            frame.broke |= left;
            inside &= !left;
        }
        let broke = frame.broke;
        (frame.broke, frame.continued) = around;
        broke
    }

    /// Returns the `count` words that a pointer points to.
    fn place<'b>(
        &'b mut self,
        frame: &'b mut Frame<'a>,
        pointer: Handle<Expression>,
        lane: usize,
        count: usize,
    ) -> &'b mut [u32] {
        let [variable, at] = frame.value(self.lanes, pointer, lane).try_into().unwrap();
        self.memory(frame, variable).part(lane, at, count)
    }

    /// Changes one word after the other, in the order of the invocations.
    fn atomic(
        &mut self,
        frame: &mut Frame<'a>,
        pointer: Handle<Expression>,
        function: AtomicFunction,
        value: Handle<Expression>,
        result: Option<Handle<Expression>>,
        active: u64,
    ) {
        let kind = naga::ScalarKind::Uint;
        let mut before = vec![0; self.lanes];
        for lane in members(active) {
            let by = frame.value(self.lanes, value, lane)[0];
            let word = &mut self.place(frame, pointer, lane, 1)[0];
            before[lane] = *word;
            *word = match function {
                AtomicFunction::Add => binary(BinaryOperator::Add, kind, [*word, by]),
                AtomicFunction::Max => math(MathFunction::Max, kind, [*word, by]),
                AtomicFunction::Exchange { compare: None } => by,
                other => panic!("{other:?}"),
            };
        }
        if let Some(result) = result {
            frame.values[result.index()] = before;
        }
    }
}
