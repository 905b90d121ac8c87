// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

/** The seed of a run: random, printed, and given again with {@code -De2e.seed=N}. */
final class Seed {

    private Seed() {}

    static long next() {
        long seed = Long.getLong("e2e.seed", System.nanoTime() & 0xFFFFFF);
        System.out.println("seed of the load: " + seed + " (again with -De2e.seed=" + seed + ")");
        return seed;
    }
}
