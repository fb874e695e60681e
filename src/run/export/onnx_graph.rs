//! Builds an ONNX graph node by node. Field numbers are those of `onnx.proto`.

use super::protobuf::Message;

/// Version of the operators.
const OPSET: i64 = 17;
/// Version of the file format, the one of that opset's release.
const IR: i64 = 8;

/// Type of a tensor's elements.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Float = 1,
    Long = 7,
    Double = 11,
}

/// Attribute of a node.
pub enum Attribute<'a> {
    Int(&'a str, i64),
    Ints(&'a str, &'a [i64]),
    Float(&'a str, f32),
}

/// A graph being built.
#[derive(Debug, Default)]
pub struct Graph {
    body: Message,
    names: usize,
}

impl Graph {
    /// Adds a node with one output; returns the output's name.
    pub fn node(&mut self, operator: &str, inputs: &[&str], attributes: &[Attribute<'_>]) -> String {
        self.names += 1;
        let output = format!("{}_{}", operator.to_lowercase(), self.names);
        self.named(operator, inputs, attributes, &output);
        output
    }

    /// Adds a node; its output has this name.
    pub fn named(&mut self, operator: &str, inputs: &[&str], attributes: &[Attribute<'_>], output: &str) {
        self.body.message(1, |node| {
            inputs.iter().for_each(|input| _ = node.text(1, input));
            node.text(2, output).text(3, output).text(4, operator);
            attributes.iter().for_each(|attribute| _ = node.message(5, |field| attribute.write(field)));
        });
    }

    /// Adds a constant of this shape; returns its name.
    pub fn constant(&mut self, name: &str, kind: Kind, shape: &[usize], values: &[f64]) -> String {
        assert_eq!(shape.iter().product::<usize>(), values.len(), "{name}");
        let raw: Vec<u8> = values
            .iter()
            .flat_map(|value| match kind {
                Kind::Float => (*value as f32).to_le_bytes().to_vec(),
                Kind::Double => value.to_le_bytes().to_vec(),
                Kind::Long => (*value as i64).to_le_bytes().to_vec(),
            })
            .collect();
        self.body.message(5, |tensor| {
            shape.iter().for_each(|size| _ = tensor.int(1, *size as i64));
            tensor.int(2, kind as i64).text(8, name).bytes(9, &raw);
        });
        name.to_owned()
    }

    /// Adds a number; returns its name.
    pub fn scalar(&mut self, kind: Kind, value: f64) -> String {
        self.names += 1;
        let name = format!("number_{}", self.names);
        self.constant(&name, kind, &[], &[value])
    }

    /// Converts a tensor.
    pub fn cast(&mut self, input: &str, kind: Kind) -> String {
        self.node("Cast", &[input], &[Attribute::Int("to", kind as i64)])
    }

    /// Declares an input of any number of rows.
    pub fn input(&mut self, name: &str, kind: Kind, columns: usize) {
        self.body.add(11, &value_info(name, kind, Some(columns)));
    }

    /// Declares an output of any number of rows; without `columns`, of one dimension.
    pub fn output(&mut self, name: &str, kind: Kind, columns: Option<usize>) {
        self.body.add(12, &value_info(name, kind, columns));
    }

    /// Returns the file.
    pub fn finish(mut self, title: &str, metadata: &[(&str, String)]) -> Vec<u8> {
        self.body.text(2, "gpu-sweep");
        let model = Message::of(|model| {
            model.int(1, IR).text(2, "gpu-sweep").text(3, env!("CARGO_PKG_VERSION")).text(6, title);
            model.add(7, &self.body);
            model.message(8, |opset| _ = opset.text(1, "").int(2, OPSET));
            for (key, value) in metadata {
                model.message(14, |entry| _ = entry.text(1, key).text(2, value));
            }
        });
        model.into_bytes()
    }
}

fn value_info(name: &str, kind: Kind, columns: Option<usize>) -> Message {
    Message::of(|value| {
        value.text(1, name).message(2, |of| {
            of.message(1, |tensor| {
                tensor.int(1, kind as i64).message(2, |shape| {
                    shape.message(1, |rows| _ = rows.text(2, "rows"));
                    columns.iter().for_each(|count| _ = shape.message(1, |size| _ = size.int(1, *count as i64)));
                });
            });
        });
    })
}

impl Attribute<'_> {
    fn write(&self, field: &mut Message) {
        match self {
            Self::Float(name, value) => _ = field.text(1, name).float(2, *value).int(20, 1),
            Self::Int(name, value) => _ = field.text(1, name).int(3, *value).int(20, 2),
            Self::Ints(name, values) => {
                field.text(1, name);
                values.iter().for_each(|value| _ = field.int(8, *value));
                field.int(20, 7);
            }
        }
    }
}
