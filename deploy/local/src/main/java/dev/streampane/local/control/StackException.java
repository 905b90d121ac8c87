// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

/** Why the stack does not start or a command cannot answer: one line for the user, and the exit code. */
public final class StackException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Exit code: the command line or the machine does not allow it; nothing was started. */
    public static final int NOT_ALLOWED = 2;

    /** Exit code: something that was started does not come up. */
    public static final int START_FAILED = 3;

    /** Exit code: what the command needs does not run or does not answer. */
    public static final int NOT_RUNNING = 4;

    private final int exitCode;

    public StackException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public StackException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The code with which the command ends. */
    public int exitCode() {
        return exitCode;
    }
}
