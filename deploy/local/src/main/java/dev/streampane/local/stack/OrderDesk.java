// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Where a ready stack takes orders: one after the other, for as long as it runs. */
final class OrderDesk implements Runnable {

    private static final long LOOK_EVERY_MS = 200;

    private final OrderBox box;
    private final JobOrders orders;
    private final Runnable publish;
    private final Progress screen;
    private volatile boolean ended;

    /**
     * @param publish tells other processes what has changed; called before an order is said to be carried out
     */
    OrderDesk(Path data, JobOrders orders, Runnable publish, Progress screen) {
        this.box = new OrderBox(data);
        this.orders = orders;
        this.publish = publish;
        this.screen = screen;
    }

    /** Clears the desk. */
    void open() {
        box.open();
    }

    void end() {
        ended = true;
    }

    @Override
    public void run() {
        try {
            while (!ended) {
                Optional<OrderBox.Taken> next = look();
                if (next.isPresent()) {
                    carryOut(next.get());
                } else {
                    TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<OrderBox.Taken> look() {
        try {
            return box.take();
        } catch (IOException | RuntimeException e) {
            screen.say("orders", "", "an order cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void carryOut(OrderBox.Taken taken) {
        JobOrder order = taken.order();
        try {
            String done = orders.carryOut(order, taken.answer());
            publish.run();
            screen.say("order", order.job(), "as ordered: " + done);
            taken.answer().done(done);
        } catch (StackException e) {
            publish.run();
            screen.say("order", order.job(), "not as ordered: " + e.getMessage());
            taken.answer().failed(e.getMessage(), e.exitCode());
        } catch (RuntimeException e) {
            screen.say("order", order.job(), "not as ordered: " + e);
            taken.answer().failed("unexpected " + e, StackException.START_FAILED);
        }
    }
}
