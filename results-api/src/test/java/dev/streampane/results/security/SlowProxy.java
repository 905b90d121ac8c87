// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Hands on what a server is sent at once, and what it answers after a while. */
final class SlowProxy implements AutoCloseable {

    private final ServerSocket listening;
    private final URI server;
    private volatile long delayMillis;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

    SlowProxy(URI server) throws IOException {
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.server = server;
        begin(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    /** How long it keeps each part of an answer from now on. */
    void delay(Duration delay) {
        delayMillis = delay.toMillis();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket behind = new Socket(server.getHost(), server.getPort());
            sockets.add(client);
            sockets.add(behind);
            begin(() -> copy(client, behind, () -> 0));
            begin(() -> copy(behind, client, () -> delayMillis));
        }
    }

    private void copy(Socket from, Socket to, LongSupplier afterMillis) throws IOException {
        byte[] bytes = new byte[64 << 10];
        try (from;
                to) {
            for (int read = from.getInputStream().read(bytes);
                    read >= 0 && !closed.await(afterMillis.getAsLong(), TimeUnit.MILLISECONDS);
                    read = from.getInputStream().read(bytes)) {
                to.getOutputStream().write(bytes, 0, read);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void begin(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // one of the two has closed
                    }
                },
                "slow-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
