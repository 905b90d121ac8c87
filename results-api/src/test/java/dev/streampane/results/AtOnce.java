// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Tasks on threads of their own, so that those that wait by the clock do so at the same time. */
public final class AtOnce {

    private AtOnce() {}

    /** Begins one. */
    public static CompletableFuture<Void> begin(Runnable task) {
        return CompletableFuture.runAsync(task, run -> new Thread(run, "at-once").start());
    }

    /** Waits for all of them; fails as one of them has, when the others have ended, too. */
    public static void run(Runnable... tasks) {
        run(Arrays.stream(tasks));
    }

    /** The same. */
    public static void run(Stream<Runnable> tasks) {
        CompletableFuture.allOf(tasks.map(AtOnce::begin).toArray(CompletableFuture<?>[]::new))
                .join();
    }
}
