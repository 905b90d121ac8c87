// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Asks the service beside it whether it is well: the health check of images that have neither shell nor curl. */
final class HealthProbe {

    private static final String PORT = "QUARKUS_MANAGEMENT_PORT";
    private static final int CONNECT_MILLIS = 1_000;
    private static final int ANSWER_MILLIS = 3_000;

    private HealthProbe() {}

    /**
     * Whether {@code path}, such as {@code /q/health/ready}, is answered with 200 on the port of the loopback address
     * that the environment variable {@code QUARKUS_MANAGEMENT_PORT} names.
     *
     * @param port that of who has no such variable
     */
    static boolean isWell(int port, String path) {
        String named = System.getenv(PORT);
        if (named == null) {
            return answers(port, path);
        }
        return named.matches("\\d{1,5}") && answers(Integer.parseInt(named), path);
    }

    static boolean answers(int port, String path) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            String request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            String status = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
            return status != null && status.matches("HTTP/1\\.[01] 200( .*)?");
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
