// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A network between who asks and a server, which can be cut and slow: for tests. */
public final class CutProxy implements AutoCloseable {

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final URI server;
    private volatile Predicate<String> last = piece -> false;
    private volatile boolean isCutOff;
    private volatile long delayMillis;

    public CutProxy(URI server) throws IOException {
        this.server = server;
        threads.execute(this::accept);
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** Cuts every connection, and from now on each one that is made, until {@link #restore}. */
    public void cutOff() {
        isCutOff = true;
        cut();
    }

    public void restore() {
        isCutOff = false;
    }

    /** Cuts every connection that there is. */
    public void cut() {
        for (Socket socket = sockets.poll(); socket != null; socket = sockets.poll()) {
            close(socket);
        }
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on a connection is cut as soon as the server has been sent such a piece of a request: its answer is never heard. */
    public void cutBehind(Predicate<String> piece) {
        last = piece;
    }

    /** How long each part of an answer is kept from now on. */
    public void delay(Duration delay) {
        delayMillis = delay.toMillis();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                connect(listening.accept());
            } catch (IOException e) {
                // closed
            }
        }
    }

    private void connect(Socket client) {
        sockets.add(client);
        if (isCutOff) {
            cut();
            return;
        }
        try {
            Socket behind = new Socket(server.getHost(), server.getPort());
            sockets.add(behind);
            client.setTcpNoDelay(true);
            behind.setTcpNoDelay(true);
            threads.execute(() -> passRequests(client, behind));
            threads.execute(() -> passAnswers(behind, client));
        } catch (IOException e) {
            close(client); // cut, or there is no server
        }
    }

    private void passRequests(Socket client, Socket behind) {
        byte[] bytes = new byte[8192];
        try (client;
                behind) {
            String piece;
            do {
                int length = Math.max(0, client.getInputStream().read(bytes));
                piece = new String(bytes, 0, length, ISO_8859_1);
                behind.getOutputStream().write(bytes, 0, length);
            } while (!piece.isEmpty() && !last.test(piece));
        } catch (IOException e) {
            // cut
        }
    }

    private void passAnswers(Socket behind, Socket client) {
        byte[] bytes = new byte[64 << 10];
        try (client;
                behind) {
            for (int length = behind.getInputStream().read(bytes);
                    length >= 0;
                    length = behind.getInputStream().read(bytes)) {
                TimeUnit.MILLISECONDS.sleep(delayMillis);
                client.getOutputStream().write(bytes, 0, length);
            }
        } catch (IOException | InterruptedException e) {
            // cut, or closed
        }
    }

    @Override
    public void close() {
        close(listening);
        cut();
        threads.shutdownNow();
    }
}
