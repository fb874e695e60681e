// Probes subgroups: each invocation reports its subgroup's size, its lane, and the invocations that a shuffle reaches
// at XOR distances 1 and `far`.

@group(0) @binding(0) var<storage, read_write> seen: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> far: array<u32>;

@compute @workgroup_size(64)
fn probe(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(subgroup_size) size: u32,
    @builtin(subgroup_invocation_id) lane: u32,
) {
    let next = subgroupShuffleXor(id.x, 1u);
    seen[id.x] = vec4(size, lane, next, subgroupShuffleXor(id.x, far[0]));
}
