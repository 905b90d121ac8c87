// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

/** A server process did not start, did not answer in time, or ended, with its log's last lines in the message; or it refuses a request. */
public final class ServerException extends RuntimeException {

    ServerException(String message) {
        super(message);
    }

    public ServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
