// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

/** A server process did not start, did not answer in time, or ended; the message holds its log's last lines. */
public final class ServerException extends RuntimeException {

    ServerException(String message) {
        super(message);
    }

    ServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
