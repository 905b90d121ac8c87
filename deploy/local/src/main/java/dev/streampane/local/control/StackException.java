// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

/** Why the stack does not start or a command cannot answer: one line for the user, and the exit code. */
public final class StackException extends RuntimeException {

    /** Exit code: the command line or the machine does not allow the command; nothing was started. */
    public static final int NOT_ALLOWED = 2;

    /** Exit code: something that was started does not come up. */
    public static final int START_FAILED = 3;

    /** Exit code: what the command needs does not run or does not answer. */
    public static final int NOT_RUNNING = 4;

    private final int exitCode;

    public StackException(int exitCode, String message) {
        this(exitCode, message, null);
    }

    public StackException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** With {@link #NOT_ALLOWED}. */
    public static StackException notAllowed(String message) {
        return new StackException(NOT_ALLOWED, message);
    }

    /** With {@link #NOT_ALLOWED}. */
    public static StackException notAllowed(String message, Throwable cause) {
        return new StackException(NOT_ALLOWED, message, cause);
    }

    /** With {@link #START_FAILED}. */
    public static StackException startFailed(String message) {
        return new StackException(START_FAILED, message);
    }

    /** With {@link #START_FAILED}. */
    public static StackException startFailed(String message, Throwable cause) {
        return new StackException(START_FAILED, message, cause);
    }

    /** With {@link #NOT_RUNNING}. */
    public static StackException notRunning(String message) {
        return new StackException(NOT_RUNNING, message);
    }

    /** With {@link #NOT_RUNNING}. */
    public static StackException notRunning(String message, Throwable cause) {
        return new StackException(NOT_RUNNING, message, cause);
    }

    /** The code with which the command ends. */
    public int exitCode() {
        return exitCode;
    }
}
