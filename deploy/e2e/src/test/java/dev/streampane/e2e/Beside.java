// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertAll;

import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.function.Executable;

/** Checks that do not disturb each other, at the same time. */
final class Beside {

    private Beside() {}

    /** One after the other, and at the same time another one; a failure of one keeps none of them from running. */
    static void beside(ThrowingCallable other, Executable... here) {
        var failure = CompletableFuture.supplyAsync(() -> catchThrowable(other));
        assertAll(() -> assertAll(here), () -> assertThat(failure.join()).isNull());
    }
}
