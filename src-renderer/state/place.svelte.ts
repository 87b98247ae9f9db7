import { hrefOf, parseRoute, type Route } from "./route.ts";

/** Where the window is: follows the address, and leads it. */
class Place {
  route: Route = $state.raw(parseRoute(location.hash));

  constructor() {
    window.addEventListener("hashchange", () => {
      this.route = parseRoute(location.hash);
    });
  }

  go(route: Route): void {
    location.hash = hrefOf(route);
  }

  /** The same place, said otherwise (a tab's slider): nothing for the back button. */
  replace(route: Route): void {
    history.replaceState(history.state, "", hrefOf(route));
    this.route = route;
  }
}

export const place = new Place();
