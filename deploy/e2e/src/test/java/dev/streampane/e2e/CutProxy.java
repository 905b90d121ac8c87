// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** A network between who asks and a server, whose connections can be cut. */
final class CutProxy implements AutoCloseable {

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final URI server;
    private volatile Predicate<String> last = piece -> false;

    CutProxy(URI server) throws IOException {
        this.server = server;
        threads.execute(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** Cuts every connection that there is. */
    void cut() throws IOException {
        for (Socket socket = sockets.poll(); socket != null; socket = sockets.poll()) {
            socket.close();
        }
    }

    /** From now on a connection is cut as soon as the server has been sent such a piece of a request: its answer is never heard. */
    void cutBehind(Predicate<String> piece) {
        last = piece;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                sockets.add(client);
                Socket behind = new Socket(server.getHost(), server.getPort());
                sockets.add(behind);
                threads.execute(() -> pass(client, behind, last));
                threads.execute(() -> pass(behind, client, piece -> false));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void pass(Socket from, Socket to, Predicate<String> last) {
        byte[] bytes = new byte[8192];
        try (from;
                to) {
            String piece;
            do {
                int length = Math.max(0, from.getInputStream().read(bytes));
                piece = new String(bytes, 0, length, ISO_8859_1);
                to.getOutputStream().write(bytes, 0, length);
            } while (!piece.isEmpty() && !last.test(piece));
        } catch (IOException e) {
            // cut
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
        threads.shutdownNow();
    }
}
