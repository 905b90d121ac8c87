// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on which nobody listens right now, from 15000 to 31999: below the range from which Linux takes the ports of
 * outgoing connections, so that none of those can come in between the choice and its use. Each call goes on behind the one before, so that a process
 * that starts several servers at the same time never gives two of them the same port.
 */
public final class FreePorts {

    private static final int FIRST = 15_000;
    private static final int END = 32_000;

    private static int candidate = ThreadLocalRandom.current().nextInt(FIRST, END);

    private FreePorts() {}

    /** One free port. */
    public static int next() {
        return next(1)[0];
    }

    /** {@code n} different free ports. */
    public static synchronized int[] next(int n) {
        int[] ports = new int[n];
        for (int i = 0; i < n; candidate = candidate + 1 < END ? candidate + 1 : FIRST) {
            if (isFree(candidate)) {
                ports[i++] = candidate;
            }
        }
        return ports;
    }

    /**
     * Whether somebody listens on {@code port} of the loopback address. Unlike {@link #isFree} it takes the port from nobody who is about to
     * listen there.
     */
    public static boolean isListening(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /** Whether a server could listen on {@code port}, on the loopback address as on all: it does so for a moment. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
