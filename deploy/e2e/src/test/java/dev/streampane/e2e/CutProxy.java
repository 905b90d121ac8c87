// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A network between who asks and a server, whose connections can be cut. */
final class CutProxy implements AutoCloseable {

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final URI server;

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

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                sockets.add(client);
                Socket behind = new Socket(server.getHost(), server.getPort());
                sockets.add(behind);
                threads.execute(() -> pass(client, behind));
                threads.execute(() -> pass(behind, client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void pass(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
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
