// Mappings `tiled` and `streamed`: a workgroup trains one model, one tile of points after the other. Matrix rows are
// stored as vec4s padded with zeros, so each invocation works on blocks of 4 outputs, 4 inputs and 4 points.
// `weight` and `sum_at` read weights and gradient sums from workgroup memory (`tiled`) or storage (`streamed`).
// BLOCK_LAYERS layers are computed in these blocks: all hidden layers, and the output layer if it has several outputs.
// Loops marked `unroll` are unrolled before compilation. BIAS, FIRST_MOMENTS, SECOND_MOMENTS, CLIPS, CLASSIFIES,
// REGRESSES, WEIGHTED and SMOOTHED are 0 or 1: a loop over them is a compile-time condition.

@group(0) @binding(4) var<storage, read_write> parameters: array<vec4<f32>>;
/// Optimizer state, initially 0; see `state_index`.
@group(0) @binding(10) var<storage, read_write> optimizer_state: array<vec4<f32>>;

/// Outputs of the hidden layers for the tile's points, `[point, vector of units]`. Rows beyond the tile's points are
/// undefined and enter no sum. A row has an odd number of vec4s, so eight neighbours never share a memory bank.
var<workgroup> signal: array<vec4<f32>, TILE * ROW_STRIDE>;
/// Pre-activation of each hidden unit; `backward` replaces it by the derivative of the point's loss.
var<workgroup> delta: array<vec4<f32>, TILE * ROW_STRIDE>;
/// Share of each lane in the tile's loss.
var<workgroup> lane_losses: array<f32, WORKGROUP>;
/// Bits of the largest |logit| and of the largest updated |parameter|.
var<workgroup> logit_peak: atomic<u32>;
var<workgroup> parameter_peak: atomic<u32>;
/// Whether the model has diverged and is no longer updated.
var<workgroup> frozen: u32;

/// Tile of points, its model and this invocation's lane.
struct Tile {
    model: u32,
    /// Index of this invocation in the workgroup.
    lane: u32,
    /// First point of the tile (with mini-batches its first position in the epoch's order), and number of points.
    first: u32,
    count: u32,
}

/// Index of optimizer state for vector `v` of parameters: their first number for k = 0, their second for k = 1.
fn state_index(model: u32, k: u32, v: u32) -> u32 {
    return (model * (FIRST_MOMENTS + SECOND_MOMENTS) + k) * MODEL_VEC4S + v;
}

/// Returns the first `count` components and 0 for the others, even if they are NaN.
fn first_of(v: vec4<f32>, count: u32) -> vec4<f32> {
    return select(vec4(0.0), v, vec4(0u, 1u, 2u, 3u) < vec4(count));
}

/// Applies the activation to a vector of units for four points; `first` is the index of the first point's vector.
/// The loop is not unrolled: drivers would take seconds to compile four copies of the costlier activations.
fn activate_points(first: u32, count: u32) {
    for (var r = 0u; r < 4u; r++) {
        let at = first + r * QUARTER * ROW_STRIDE;
        let z = delta[at];
        signal[at] = first_of(vec4(activate(z.x), activate(z.y), activate(z.z), activate(z.w)), count);
    }
}

/// Replaces the pre-activations in `delta` by activation slopes, for the same four points.
fn slope_points(first: u32, count: u32) {
    for (var r = 0u; r < 4u; r++) {
        let at = first + r * QUARTER * ROW_STRIDE;
        delta[at] = first_of(slope4(delta[at], signal[at]), count);
    }
}

fn slope4(z: vec4<f32>, a: vec4<f32>) -> vec4<f32> {
    let xy = vec2(activation_slope(z.x, a.x), activation_slope(z.y, a.y));
    return vec4(xy, activation_slope(z.z, a.z), activation_slope(z.w, a.w));
}

/// Returns sum + m x, column by column.
fn add_product(sum: vec4<f32>, m: mat4x4<f32>, x: vec4<f32>) -> vec4<f32> {
    return sum + m[0] * x.x + m[1] * x.y + m[2] * x.z + m[3] * x.w;
}

/// Returns the same vector of four weight rows, from row `row` on, as columns; `first` is the index of row 0's vector.
/// Rows beyond `last` repeat it; their results are dropped or multiplied by 0.
fn four_rows(model: u32, first: u32, columns: u32, row: u32, last: u32) -> mat4x4<f32> {
    return mat4x4(
        weight(model, first + min(row, last) * columns),
        weight(model, first + min(row + 1u, last) * columns),
        weight(model, first + min(row + 2u, last) * columns),
        weight(model, first + min(row + 3u, last) * columns),
    );
}

/// Returns vector i of layer l's inputs for the tile's point s: features, or hidden outputs that start at vector
/// `entry` of a row. The last vector of features may also hold the label, whose weight is 0.
fn layer_input(tile: Tile, l: u32, entry: u32, i: u32, s: u32) -> vec4<f32> {
    if (l == 0u) {
        return points[tile_row(tile, s) * POINT_VEC4S + i];
    }
    return signal[s * ROW_STRIDE + entry + i];
}

/// Fills `signal` and computes the outputs.
fn forward(tile: Tile) {
    for (var l = 0u; l < BLOCK_LAYERS; l++) {
        let blocks = OUT_VEC4S[l];
        for (var k = tile.lane; k < blocks * QUARTER; k += WORKGROUP) {
            if (k % QUARTER < tile.count) {
                forward_block(tile, l, k / QUARTER, k % QUARTER);
            }
        }
        workgroupBarrier();
    }
    forward_output(tile);
}

/// Computes four units of layer l for point s and the three points at distances of a quarter tile; z has one
/// column per point.
fn forward_block(tile: Tile, l: u32, block: u32, s: u32) {
    let columns = IN_VEC4S[l];
    let outputs = OUTPUTS[l];
    let entry = ACT_OFFSET[l];
    let weights = WEIGHT_OFFSET[l];
    var bias = vec4(0.0);
    for (var b = 0u; b < BIAS; b++) { // unroll
        bias = weight(tile.model, BIAS_OFFSET[l] + block);
    }
    var z = mat4x4(bias, bias, bias, bias);
    for (var i = 0u; i < columns; i++) {
        let w = transpose(four_rows(tile.model, weights + i, columns, 4u * block, outputs - 1u));
        for (var r = 0u; r < 4u; r++) { // unroll
            z[r] = add_product(z[r], w, layer_input(tile, l, entry, i, s + r * QUARTER));
        }
    }
    let first = s * ROW_STRIDE + ACT_OFFSET[l + 1u] + block;
    for (var r = 0u; r < 4u; r++) { // unroll
        delta[first + r * QUARTER * ROW_STRIDE] = z[r];
    }
    if (l < HIDDEN_LAYERS) {
        activate_points(first, outputs - 4u * block);
    }
}

/// Returns the tile's loss, the sum of `lane_losses`.
fn tile_loss() -> f32 {
    var sum = 0.0;
    for (var lane = 0u; lane < min(TILE, WORKGROUP); lane++) {
        sum += lane_losses[lane];
    }
    return sum;
}

/// Adds the tile's gradient to the sums, each of which belongs to one lane. Expects dL/dz in place of the outputs.
fn backward(tile: Tile) {
    backward_output(tile);
    for (var l = BLOCK_LAYERS - min(BLOCK_LAYERS, 1u); l > 0u; l--) {
        let columns = IN_VEC4S[l];
        for (var k = tile.lane; k < columns * QUARTER; k += WORKGROUP) {
            if (k % QUARTER < tile.count) {
                backward_block(tile, l, k / QUARTER, k % QUARTER);
            }
        }
        workgroupBarrier();
    }
    output_sums(tile);
    for (var l = 0u; l < BLOCK_LAYERS; l++) { // unroll
        let sums = Sums(GRAD_OFFSET[l], LAYER_STRIDE[l], GRAD_SPLITS[l]);
        layer_sums(tile, l, ACT_OFFSET[l], ACT_OFFSET[l + 1u], IN_VEC4S[l], OUTPUTS[l], sums);
    }
    workgroupBarrier();
}

/// Computes `delta` of four inputs of layer l (units of the layer before) for point s and the three points at
/// distances of a quarter tile.
fn backward_block(tile: Tile, l: u32, block: u32, s: u32) {
    let columns = IN_VEC4S[l];
    let exit = s * ROW_STRIDE + ACT_OFFSET[l + 1u];
    let weights = WEIGHT_OFFSET[l] + block;
    let last = OUTPUTS[l] - 1u;
    let blocks = OUT_VEC4S[l];
    var d = mat4x4<f32>();
    for (var o = 0u; o < blocks; o++) {
        let w = four_rows(tile.model, weights, columns, 4u * o, last);
        for (var r = 0u; r < 4u; r++) { // unroll
            d[r] = add_product(d[r], w, delta[exit + r * QUARTER * ROW_STRIDE + o]);
        }
    }
    let first = s * ROW_STRIDE + ACT_OFFSET[l] + block;
    slope_points(first, INPUTS[l] - 4u * block);
    for (var r = 0u; r < 4u; r++) { // unroll
        delta[first + r * QUARTER * ROW_STRIDE] *= d[r];
    }
}

/// Location of a layer's gradient sums: first vector, vectors per copy, and copies, each for a share of the points.
struct Sums {
    first: u32,
    size: u32,
    copies: u32,
}

/// Adds to the gradient sums of layer l, whose inputs and outputs start at vectors `entry` and `exit` of a row.
fn layer_sums(tile: Tile, l: u32, entry: u32, exit: u32, columns: u32, outputs: u32, sums: Sums) {
    let blocks = (outputs + 3u) / 4u;
    for (var k = tile.lane; k < columns * blocks * sums.copies; k += WORKGROUP) {
        let column = k % columns;
        let block = k / columns % blocks;
        let copy = k / (columns * blocks);
        var g = mat4x4<f32>();
        for (var s = copy; s < tile.count; s += sums.copies) {
            let d = delta[s * ROW_STRIDE + exit + block];
            let x = layer_input(tile, l, entry, column, s);
            g = mat4x4(g[0] + d.x * x, g[1] + d.y * x, g[2] + d.z * x, g[3] + d.w * x);
        }
        let at = sums.first + copy * sums.size + 4u * block * columns + column;
        for (var r = 0u; r < 4u; r++) { // unroll
            if (4u * block + r < outputs) {
                add_to_sum(tile.model, at + r * columns, g[r]);
            }
        }
    }
    for (var k = tile.lane; k < BIAS * blocks * sums.copies; k += WORKGROUP) {
        let block = k % blocks;
        let copy = k / blocks;
        var g = vec4(0.0);
        for (var s = copy; s < tile.count; s += sums.copies) {
            g += delta[s * ROW_STRIDE + exit + block];
        }
        add_to_sum(tile.model, sums.first + copy * sums.size + columns * outputs + block, g);
    }
}
