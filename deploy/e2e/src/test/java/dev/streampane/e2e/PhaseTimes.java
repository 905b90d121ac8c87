// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Prints how long each phase of a stack took, and what came before the first. */
final class PhaseTimes implements BeforeAllCallback, BeforeTestExecutionCallback, AfterTestExecutionCallback {

    private long since;
    private boolean begun;

    @Override
    public void beforeAll(ExtensionContext context) {
        since = System.nanoTime();
    }

    @Override
    public void beforeTestExecution(ExtensionContext context) {
        if (!begun) {
            print("start");
        }
        begun = true;
        since = System.nanoTime();
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        print(context.getDisplayName()
                + context.getExecutionException().map(failure -> " FAILED").orElse(""));
    }

    private void print(String phase) {
        System.out.printf("phase %6.1f s: %s%n", (System.nanoTime() - since) / 1e9, phase);
    }
}
