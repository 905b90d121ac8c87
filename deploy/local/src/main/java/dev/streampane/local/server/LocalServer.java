// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Properties;

/** A server in a process of its own, on the loopback address. Not thread-safe. */
public abstract sealed class LocalServer implements AutoCloseable permits LocalKafka, LocalElasticsearch, LocalService {

    static final Duration READY_WITHIN = Duration.ofMinutes(5);

    private ServerProcess server;

    LocalServer() {}

    /** Starts a process with the same data and ports as the one before. */
    abstract ServerProcess startProcess();

    /** Whether it answers; an exception means "not yet". */
    abstract boolean isReady() throws Exception;

    /** The port on which it answers. */
    abstract int port();

    /** Completes the sentence "kafka does not …". */
    abstract String whatReadyMeans();

    /** The settings in a resource, to which the caller adds those that only a start knows. */
    static Properties settings(String resource) {
        Properties settings = new Properties();
        try (var in = LocalServer.class.getResourceAsStream('/' + resource)) {
            settings.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
        return settings;
    }

    /** Starts the process without waiting for it to be ready. */
    public final void launch() {
        server = startProcess();
    }

    /**
     * Waits until the launched process is ready; kills it otherwise.
     *
     * @throws ServerException with the log's last lines, when it ends or does not answer
     */
    public final void awaitReady() {
        try {
            server.await(READY_WITHIN, whatReadyMeans(), () -> isReady() && server.mayListenOn(port()));
        } catch (ServerException e) {
            server.kill();
            throw e;
        }
    }

    /** Starts it, for the first time or after {@link #kill}, and waits until it is ready. */
    public final void restart() {
        launch();
        awaitReady();
    }

    /** The process of the newest start. */
    public final Process process() {
        return server.process();
    }

    /** SIGKILL; returns when the process has gone. */
    public final void kill() {
        server.kill();
    }

    /** The same as {@link #kill}. */
    @Override
    public final void close() {
        kill();
    }
}
