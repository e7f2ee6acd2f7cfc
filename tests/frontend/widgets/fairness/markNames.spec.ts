import { placeNames } from '../../../../src/widgets/fairness/markNames';

const mark = (across: number, down: number, name = 'model') => ({ across, down, name });
const placed = (...marks: readonly ReturnType<typeof mark>[]) =>
  placeNames(marks, 240).map(({ across, down, isListed }) => [across, down, isListed]);

describe('names of marks', () => {
  it('stand beside their marks, on the side where there is room', () => {
    expect(placeNames([mark(10, 50), mark(90, 120)], 240)).toEqual([
      { across: 10, isLeft: false, down: 50, isListed: false },
      { across: 90, isLeft: true, down: 120, isListed: false }
    ]);
  });

  it('are a list beside all of them where marks lie close together or on each other', () => {
    expect(placed(mark(40, 52), mark(41, 50), mark(40, 52))).toEqual([
      [41, 51, true],
      [41, 35, true],
      [41, 67, true]
    ]);
  });

  it('stand alone where they are far apart across, and take the room that a long name takes', () => {
    expect(placed(mark(5, 50), mark(40, 51))).toEqual([
      [5, 50, false],
      [40, 51, false]
    ]);
    expect(placed(mark(5, 50, 'a_model_with_a_long_name'), mark(40, 50))).toEqual([
      [40, 42, true],
      [40, 58, true]
    ]);
  });

  it('are one list where a mark between two others is close to both', () => {
    expect(placed(mark(10, 50), mark(10, 70), mark(10, 60)).map(([, down]) => down)).toEqual([44, 76, 60]);
  });

  it('stay in the picture', () => {
    expect(placed(mark(10, 236), mark(10, 238)).map(([, down]) => down)).toEqual([216, 232]);
    expect(placed(mark(10, 1), mark(10, 2)).map(([, down]) => down)).toEqual([8, 24]);
  });
});
