// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.util.Map;

/** How a cost grows with x: the power of x that fits best, by least squares of the logarithms. 0: not at all, 1: in proportion to x. */
final class Growth {

    private Growth() {}

    /**
     * The exponent of x; 0 if there is only one x.
     *
     * @param costs costs by x; all x and costs are above zero
     */
    static double power(Map<Double, Double> costs) {
        double xs = 0;
        double ys = 0;
        for (Map.Entry<Double, Double> point : costs.entrySet()) {
            xs += Math.log(point.getKey()) / costs.size();
            ys += Math.log(point.getValue()) / costs.size();
        }
        double xy = 0;
        double xx = 0;
        for (Map.Entry<Double, Double> point : costs.entrySet()) {
            double x = Math.log(point.getKey()) - xs;
            xy += x * (Math.log(point.getValue()) - ys);
            xx += x * x;
        }
        return xx == 0 ? 0 : xy / xx;
    }
}
