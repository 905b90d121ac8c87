// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * From its creation until {@link #close}, the end of this process (Ctrl-C, SIGTERM) waits for up to a minute, so that another thread
 * can clean up.
 */
public final class GracefulShutdown implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean told;

    /**
     * @param name name of the thread that waits, which is a shutdown hook
     */
    public GracefulShutdown(String name) {
        Runtime.getRuntime().addShutdownHook(new Thread(this::await, name));
    }

    private void await() {
        told = true;
        try {
            over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether this process was told to end. */
    public boolean isRequested() {
        return told;
    }

    @Override
    public void close() {
        over.countDown(); // the hook stays: once the end has begun, no hook can be removed
    }
}
