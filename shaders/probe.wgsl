// Counts the iterations of a long loop: some drivers silently end an invocation's loops after a limit.

@group(0) @binding(0) var<storage, read_write> counted: array<u32>;

@compute @workgroup_size(1)
fn count() {
    let wanted = counted[0];
    var reached = 0u;
    for (var i = 0u; i < wanted; i++) {
        // A store in each iteration, so that no compiler replaces the loop by its result.
        counted[1] = i + 1u;
        reached++;
    }
    counted[2] = reached;
}
