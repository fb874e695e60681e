// What the driver really does with a long loop: some cut all loops of an invocation off and say nothing.

@group(0) @binding(0) var<storage, read_write> counted: array<u32>;

@compute @workgroup_size(1)
fn count() {
    let wanted = counted[0];
    var reached = 0u;
    for (var i = 0u; i < wanted; i++) {
        // Read back from memory, so that no compiler replaces the loop by its result.
        counted[1] = i + 1u;
        reached++;
    }
    counted[2] = reached;
}
